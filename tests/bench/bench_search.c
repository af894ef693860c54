/*
 * What the search costs as the index grows.
 *
 * usage: bench_search [NAMES VERSIONS [SEED]]
 *
 * Solves one made-up index (synthetic.h) with that many names, and versions of
 * each; without arguments a table of several sizes. A row tells how many
 * packages the answer has, rounds of reading, calls of the solver, the most
 * solvables at a time, pages and metadata read, processor time of the solver,
 * of the whole search without the making of the index, and of that; the last
 * column is the peak of memory, nearly all of it the index itself.
 */
#include <stdio.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/buf.h"
#include "core/limits.h"
#include "resolver/conflict_text.h"
#include "resolver/refine.h"
#include "tests/bench/synthetic.h"

struct size {
    uint32_t names, versions;
};

static const struct size sizes[] = {
    {75, 2000}, {150, 2000}, {300, 2000}, {600, 2000},
    {600, 250}, {600, 500},  {600, 1000},
};

static int fail(const struct pl_error *err)
{
    PL_BUF(out, PL_MAX_MESSAGE_BYTES);
    pl_error_print(err, "error", false, &out);
    fwrite(out.data, 1, out.len, stderr);
    return 1;
}

static void show(const struct bench_index *index,
                 const struct pl_solution *solution, uint64_t search_ns)
{
    const struct pl_search_stats *stats = &solution->stats;
    struct pl_index_stats read = index->index.stats;
    struct rusage used;
    getrusage(RUSAGE_SELF, &used);
    printf("%5u %8u %4s %8zu %6u %6u %9u %5llu %8llu %9.1f %9.1f %9.1f %6ld\n",
           index->names, index->versions, solution->satisfiable ? "yes" : "no",
           solution->chosen_count, stats->rounds, stats->solves,
           stats->largest_pool, (unsigned long long)read.pages,
           (unsigned long long)read.metadata, (double)stats->solver_ns / 1e6,
           (double)(search_ns - index->making_ns) / 1e6,
           (double)index->making_ns / 1e6, used.ru_maxrss / 1024);
}

static int solve(struct size size, uint32_t seed)
{
    PL_ARENA(arena);
    struct pl_error err = {.arena = &arena};
    struct pl_problem problem;
    struct pl_solution solution;
    struct bench_index *index =
        bench_index_make(&arena, size.names, size.versions, seed, &err);
    if (!index || !bench_index_problem(&arena, index, &problem, &err))
        return fail(&err);
    uint64_t start = bench_cpu_ns();
    if (!pl_refine(&problem, &index->index, (struct pl_str){0}, NULL, &solution,
                   &err))
        return fail(&err);
    show(index, &solution, bench_cpu_ns() - start);
    if (!solution.satisfiable)
        pl_conflict_error(&problem, solution.conflict, &err);
    return solution.satisfiable ? 0 : fail(&err);
}

/* A process of its own: the peak of memory is then that of one size. */
static int solve_apart(struct size size, uint32_t seed)
{
    fflush(stdout);
    pid_t child = fork();
    if (child < 0)
        return 1;
    if (!child)
        exit(solve(size, seed));
    int status = 0;
    if (waitpid(child, &status, 0) != child)
        return 1;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}

static bool read_number(const char *text, uint32_t *out)
{
    uint64_t n;
    if (!pl_str_to_u64(pl_str_from(text), &n) || !n || n > BENCH_MOST)
        return false;
    *out = (uint32_t)n;
    return true;
}

static void print_head(void)
{
    printf("names versions  yes packages rounds solves solvables pages "
           "metadata solver ms search ms  index ms     MB\n");
}

int main(int argc, char **argv)
{
    struct size size = {0};
    uint32_t seed = 1;
    if (argc == 2 || argc > 4 ||
        (argc > 2 && (!read_number(argv[1], &size.names) ||
                      !read_number(argv[2], &size.versions))) ||
        (argc > 3 && !read_number(argv[3], &seed))) {
        fprintf(stderr, "usage: bench_search [NAMES VERSIONS [SEED]]\n");
        return 2;
    }
    print_head();
    if (argc > 1)
        return solve(size, seed);
    int failed = 0;
    for (size_t i = 0; i < PL_COUNT(sizes); i++)
        failed |= solve_apart(sizes[i], seed);
    return failed;
}
