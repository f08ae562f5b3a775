// Times one operation over and over: fuse-reader read|stat|list PATH THREADS SECONDS
// Prints nanoseconds: mean of all, then p50, p99 and the longest of the first thread.
#define _GNU_SOURCE
#include <dirent.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { samples = 4000000 };
static const char *what, *path;
static double seconds;

struct result {
    long count;
    double total;
    unsigned *times;
};

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1e9 + t.tv_nsec;
}

static void once(void) {
    if (*what == 'r') {
        char buffer[8192];
        int file = open(path, O_RDONLY);
        if (file < 0 || read(file, buffer, sizeof buffer) <= 0) {
            perror(path);
            exit(1);
        }
        close(file);
    } else if (*what == 's') {
        struct stat status;
        if (stat(path, &status) != 0) exit(1);
    } else {
        DIR *directory = opendir(path);
        int names = 0;
        while (readdir(directory)) names++;
        if (names < 1000) exit(1);
        closedir(directory);
    }
}

static void *run(void *argument) {
    struct result *result = argument;
    double begin = now(), last = begin;
    do {
        once();
        double moment = now();
        if (result->times && result->count < samples) result->times[result->count] = moment - last;
        result->count++;
        last = moment;
    } while (last - begin < seconds * 1e9);
    result->total = last - begin;
    return NULL;
}

static int ascending(const void *a, const void *b) {
    unsigned x = *(const unsigned *)a, y = *(const unsigned *)b;
    return (x > y) - (x < y);
}

int main(int count, char **arguments) {
    if (count != 5) return 2;
    what = arguments[1];
    path = arguments[2];
    int threads = atoi(arguments[3]);
    seconds = atof(arguments[4]);
    once();
    pthread_t handles[64];
    struct result results[64] = {0};
    results[0].times = malloc(samples * sizeof(unsigned));
    for (int i = 0; i < threads; i++) pthread_create(&handles[i], NULL, run, &results[i]);
    long all = 0;
    double total = 0;
    for (int i = 0; i < threads; i++) {
        pthread_join(handles[i], NULL);
        all += results[i].count;
        total += results[i].total;
    }
    long kept = results[0].count < samples ? results[0].count : samples;
    qsort(results[0].times, kept, sizeof(unsigned), ascending);
    printf("%.0f %u %u %u\n", total / all, results[0].times[kept / 2], results[0].times[kept * 99 / 100],
           results[0].times[kept - 1]);
}
