#if THREAD_SANITIZER
    import Glibc

    /// Stands in for `Synchronization.Mutex` in builds for ThreadSanitizer, which knows pthread_mutex_lock(3) and
    /// sees races wherever that one's own futexes keep order. `bench/sanitize` sets the condition.
    package struct Mutex<Value: ~Copyable>: ~Copyable, @unchecked Sendable {
        // The value is reached with the lock held alone.
        private let lock = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
        private let value = UnsafeMutablePointer<Value>.allocate(capacity: 1)

        package init(_ initial: consuming sending Value) {
            pthread_mutex_init(lock, nil)
            value.initialize(to: initial)
        }

        deinit {
            value.deinitialize(count: 1)
            value.deallocate()
            pthread_mutex_destroy(lock)
            lock.deallocate()
        }

        package borrowing func withLock<Result: ~Copyable, Failure: Error>(
            _ body: (inout sending Value) throws(Failure) -> sending Result
        ) throws(Failure) -> sending Result {
            pthread_mutex_lock(lock)
            defer { pthread_mutex_unlock(lock) }
            return try body(&value.pointee)
        }
    }
#endif
