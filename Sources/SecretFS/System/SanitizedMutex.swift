#if THREAD_SANITIZER
    import SecretMemory

    typealias Mutex = SecretMemory.Mutex
#endif
