/* Starts a program again and again, and prints the median time from start to end in microseconds, and the
 * largest memory of all in KiB. Usage: launch COUNT PROGRAM [ARGUMENT...]
 *
 * It is small itself: a child's largest memory counts what it had before its execve(2). */
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static int compare(const void *one, const void *two) {
    double a = *(const double *)one, b = *(const double *)two;
    return (a > b) - (a < b);
}

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * 1e6 + time.tv_nsec / 1e3;
}

int main(int argc, char **argv) {
    int count = argc > 2 ? atoi(argv[1]) : 0;
    if (count < 1) return 2;
    double *times = malloc(sizeof *times * (size_t)count);
    long largest = 0;
    for (int i = 0; i < count; i++) {
        double start = now();
        pid_t child = vfork();
        if (child == 0) {
            execv(argv[2], argv + 2);
            _exit(127);
        }
        int status;
        struct rusage usage;
        if (wait4(child, &status, 0, &usage) != child || status != 0) return 1;
        times[i] = now() - start;
        if (usage.ru_maxrss > largest) largest = usage.ru_maxrss;
    }
    qsort(times, (size_t)count, sizeof *times, compare);
    printf("%.0f %ld\n", times[count / 2], largest);
    return 0;
}
