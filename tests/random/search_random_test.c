/*
 * The search against brute force, on small random worlds.
 *
 *     search_random_test [--must-differ]
 *
 * Each world is solved with windows of 1, 2 and 4 versions and with everything
 * loaded; all must give the answer of tests/random/brute.c. A world that does
 * not is printed as a case for tests/cases. PODLOCK_RANDOM_COUNT worlds are
 * tried, from PODLOCK_RANDOM_SEED on. With --must-differ some world has to
 * differ: that is for programs with a fault put in on purpose.
 */
#include <inttypes.h>
#include <stdio.h>

#include "core/limits.h"
#include "tests/answer.h"
#include "tests/random/world.h"

#define USUAL_COUNT 10000
#define USUAL_SEED 1
#define SHOWN 3 /* worlds printed before giving up */

struct tally {
    uint64_t worlds, satisfiable, wrong;
    uint64_t replaced, many, os; /* facts: any, several, one of the os */
    long most_tried;
};

static uint64_t setting(const char *name, uint64_t usual)
{
    uint64_t value;
    const char *text = getenv(name);
    return text && pl_str_to_u64(pl_str_from(text), &value) ? value : usual;
}

static void print_world(uint64_t seed, uint32_t window, struct pl_str text,
                        struct pl_str want, struct pl_str got)
{
    printf("# Seed %" PRIu64 ", window %u, gave:\n", seed, window);
    struct pl_str line;
    while (got.len && pl_str_cut(&got, '\n', &line) && line.len)
        printf("#   %.*s\n", PL_STR_ARG(line));
    printf("%.*sexpect%s\n", PL_STR_ARG(text),
           pl_str_is(want, "no\n") ? " no" : "");
    if (!pl_str_is(want, "no\n"))
        printf("%.*s", PL_STR_ARG(want));
    putchar('\n');
}

static bool kept_as_many(const struct brute_world *world,
                         const struct brute_answer *right,
                         const struct pl_answer *answer)
{
    size_t kept = 0;
    for (int n = 0; n < world->name_count; n++)
        kept += right->chosen[n].there && right->chosen[n].is_fact;
    return !right->satisfiable || answer->solution.kept_count == kept;
}

static bool solve(uint64_t seed, const struct brute_world *world,
                  const struct brute_answer *right, struct pl_str text,
                  uint32_t window, bool show)
{
    PL_ARENA(arena);
    PL_BUF(want, PL_MAX_OUTPUT_BYTES);
    struct pl_answer answer;
    struct pl_error err = {.arena = &arena};
    random_world_print_answer(world, right, &want);
    if (!pl_answer_solve(&arena,
                         pl_source_from_text(&arena, PL_STR("world"), text),
                         window, &answer, &err)) {
        printf("seed %" PRIu64 " is no problem: %.*s\n%.*s", seed,
               PL_STR_ARG(err.message), PL_STR_ARG(text));
        return false;
    }
    if (pl_str_eq(answer.lines, pl_buf_view(&want)) &&
        kept_as_many(world, right, &answer))
        return true;
    if (show)
        print_world(seed, window, text, pl_buf_view(&want), answer.lines);
    return false;
}

static bool check_world(uint64_t seed, bool show, struct tally *tally)
{
    static const uint32_t windows[] = {1, 2, 4, 0};
    struct brute_world world;
    struct brute_answer right;
    PL_BUF(text, PL_MAX_OUTPUT_BYTES);
    random_world_make(seed, &world);
    random_world_print(&world, &text);
    brute_solve(&world, &right);
    tally->worlds++;
    tally->satisfiable += right.satisfiable;
    int replaced = right.os_replaced + right.others_replaced;
    tally->replaced += replaced > 0;
    tally->many += replaced > 1;
    tally->os += right.os_replaced > 0;
    if (right.tried > tally->most_tried)
        tally->most_tried = right.tried;
    for (size_t i = 0; i < PL_COUNT(windows); i++)
        if (!solve(seed, &world, &right, pl_buf_view(&text), windows[i], show))
            return false;
    return true;
}

/* A test of worlds that are all alike would prove little. */
static bool is_varied(const struct tally *tally)
{
    return tally->worlds < 1000 ||
           (tally->satisfiable * 4 > tally->worlds &&
            tally->satisfiable * 10 < tally->worlds * 9 &&
            tally->replaced * 20 > tally->worlds);
}

static void print_tally(const struct tally *t, uint64_t seed)
{
    printf("%" PRIu64 " worlds from seed %" PRIu64 ": %" PRIu64
           " satisfiable, %" PRIu64 " replace facts (%" PRIu64
           " several, %" PRIu64 " the system's), %" PRIu64
           " wrong; at most %ld environments tried\n",
           t->worlds, seed, t->satisfiable, t->replaced, t->many, t->os,
           t->wrong, t->most_tried);
}

int main(int argc, char **argv)
{
    bool must_differ = argc == 2 && !strcmp(argv[1], "--must-differ");
    /* some faults show in one world of thousands */
    uint64_t count = setting("PODLOCK_RANDOM_COUNT",
                             must_differ ? 5 * USUAL_COUNT : USUAL_COUNT);
    uint64_t seed = setting("PODLOCK_RANDOM_SEED", USUAL_SEED);
    struct tally tally = {0};
    for (uint64_t i = 0; i < count; i++) {
        tally.wrong += !check_world(seed + i, !must_differ, &tally);
        if (tally.wrong == (must_differ ? 1 : SHOWN))
            break;
    }
    print_tally(&tally, seed);
    if (must_differ)
        return tally.wrong ? 0 : 1;
    return tally.wrong || !is_varied(&tally) ? 1 : 0;
}
