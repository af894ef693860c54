/*
 * Runs a program N times and prints what each run cost, a line of JSON:
 *
 *     cost N PROGRAM [ARGUMENT...]
 *     {"code": 0, "wall-ms": [..], "cpu-ms": [..], "peak-kb": 10692}
 *
 * A small program of its own, because the kernel counts the memory of the
 * process that starts another as that of the other: a script's would hide it.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define MAX_RUNS 10000

struct cost {
    double wall, cpu; /* milliseconds */
    long peak;        /* kB */
    int code;
};

static double now_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static double ms_of(struct timeval t)
{
    return (double)t.tv_sec * 1e3 + (double)t.tv_usec / 1e3;
}

static void start(char **words)
{
    int nowhere = open("/dev/null", O_WRONLY);
    dup2(nowhere, STDOUT_FILENO);
    dup2(nowhere, STDERR_FILENO);
    execv(words[0], words);
    _exit(127);
}

static struct cost run(char **words)
{
    int status = 0;
    struct rusage usage = {0};
    double begun = now_ms();
    pid_t child = fork();
    if (child == 0)
        start(words);
    wait4(child, &status, 0, &usage);
    return (struct cost){
        .wall = now_ms() - begun,
        .cpu = ms_of(usage.ru_utime) + ms_of(usage.ru_stime),
        .peak = usage.ru_maxrss,
        .code = WIFEXITED(status) ? WEXITSTATUS(status) : 128,
    };
}

static void print_list(const char *name, const double *values, long count)
{
    printf("\"%s\": [", name);
    for (long i = 0; i < count; i++)
        printf("%s%.3f", i ? ", " : "", values[i]);
    printf("], ");
}

int main(int argc, char **argv)
{
    static double wall[MAX_RUNS], cpu[MAX_RUNS];
    long runs = argc > 2 ? strtol(argv[1], NULL, 10) : 0, peak = 0;
    int code = 0;
    if (runs < 1 || runs > MAX_RUNS) {
        fprintf(stderr, "usage: cost N PROGRAM [ARGUMENT...]\n");
        return 2;
    }
    for (long i = 0; i < runs; i++) {
        struct cost cost = run(argv + 2);
        wall[i] = cost.wall;
        cpu[i] = cost.cpu;
        peak = cost.peak > peak ? cost.peak : peak;
        code = cost.code ? cost.code : code;
    }
    printf("{\"code\": %d, ", code);
    print_list("wall-ms", wall, runs);
    print_list("cpu-ms", cpu, runs);
    printf("\"peak-kb\": %ld}\n", peak);
    return 0;
}
