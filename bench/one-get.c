/* The peer for the agent's memory: one HTTPS GET with libcurl, then nothing until SIGTERM. */
#include <curl/curl.h>
#include <stdio.h>
#include <unistd.h>

static size_t discard(char *bytes, size_t size, size_t count, void *context) {
    (void)bytes;
    (void)context;
    return size * count;
}

int main(int argc, char **argv) {
    if (argc != 3) return 2;
    curl_global_init(CURL_GLOBAL_DEFAULT);
    CURL *handle = curl_easy_init();
    curl_easy_setopt(handle, CURLOPT_URL, argv[1]);
    curl_easy_setopt(handle, CURLOPT_CAINFO, argv[2]);
    curl_easy_setopt(handle, CURLOPT_WRITEFUNCTION, discard);
    CURLcode code = curl_easy_perform(handle);
    printf("%s\n", code == CURLE_OK ? "ready" : curl_easy_strerror(code));
    fflush(stdout);
    pause();
    return 0;
}
