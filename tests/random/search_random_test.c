/*
 * The search against brute force, on small random worlds.
 *
 *     search_random_test [--must-differ]
 *
 * Each world is solved with windows of 1, 2 and 4 versions and with everything
 * loaded; all must give the answer of tests/random/brute.c. Each is solved
 * again with a trail: its own, that of another world, or parts of both in
 * disorder; the answer must not depend on it. A world that does
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
    /* Answers on their own trails, and rounds without and with these. */
    uint64_t own_trails, rounds, rounds_on_trail;
};

/* What runs left behind: of the world at hand, and of one before. */
struct trails {
    struct pl_buf own, other;
};

/* Which of them a run is given. */
enum trail_kind { TRAIL_NONE, TRAIL_OWN, TRAIL_OTHER, TRAIL_SPOILT };

typedef PL_VEC(struct pl_str) line_vec;

static uint64_t setting(const char *name, uint64_t usual)
{
    uint64_t value;
    const char *text = getenv(name);
    return text && pl_str_to_u64(pl_str_from(text), &value) ? value : usual;
}

static void print_lines(const char *before, struct pl_str text)
{
    struct pl_str line;
    while (text.len && pl_str_cut(&text, '\n', &line) && line.len)
        printf("%s%.*s\n", before, PL_STR_ARG(line));
}

static void print_world(uint64_t seed, uint32_t window, struct pl_str trail,
                        struct pl_str text, struct pl_str want,
                        struct pl_str got)
{
    printf("# Seed %" PRIu64 ", window %u, gave:\n", seed, window);
    print_lines("#   ", got);
    if (trail.len)
        printf("# with the trail:\n");
    print_lines("#   ", trail);
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

/* ---- trails ---- */

static uint64_t draw(uint64_t *state, uint64_t count)
{
    *state = *state * 6364136223846793005u + 1442695040888963407u;
    return (*state >> 33) % count;
}

static void add_lines(struct pl_arena *arena, struct pl_str text,
                      line_vec *lines)
{
    struct pl_str line;
    while (pl_str_cut(&text, '\n', &line) && line.len)
        pl_vec_push(arena, lines, line);
}

/* Lines of both at random, some as if another version had been decided. */
static void spoil(uint64_t seed, const struct trails *trails,
                  struct pl_buf *out)
{
    PL_ARENA(arena);
    line_vec lines = {0};
    uint64_t state = seed;
    add_lines(&arena, pl_buf_view(&trails->own), &lines);
    add_lines(&arena, pl_buf_view(&trails->other), &lines);
    pl_buf_add_cstr(out, PL_TRAIL_HEAD "\n");
    for (size_t i = 0; lines.len && i < 40; i++) {
        struct pl_str line = lines.at[draw(&state, lines.len)];
        bool is_version = pl_str_starts(line, " ");
        if (is_version && draw(&state, 3) == 0)
            pl_buf_add_cstr(out, " *");
        pl_buf_add_str(out, line);
        pl_buf_add_char(out, '\n');
    }
    if (draw(&state, 4) == 0)
        out->len -= draw(&state, out->len);
}

static struct pl_str trail_of_kind(enum trail_kind kind, uint64_t seed,
                                   const struct trails *trails,
                                   struct pl_buf *room)
{
    switch (kind) {
    case TRAIL_NONE:
        break;
    case TRAIL_OWN:
        return pl_buf_view(&trails->own);
    case TRAIL_OTHER:
        return pl_buf_view(&trails->other);
    case TRAIL_SPOILT:
        spoil(seed, trails, room);
        return pl_buf_view(room);
    }
    return (struct pl_str){0};
}

/* ---- solving ---- */

struct attempt {
    uint64_t seed;
    const struct brute_world *world;
    const struct brute_answer *right;
    struct pl_str text;
    bool show;
};

static bool solve(const struct attempt *a, uint32_t window,
                  struct pl_trail *trail, uint32_t *rounds)
{
    PL_ARENA(arena);
    PL_BUF(want, PL_MAX_OUTPUT_BYTES);
    struct pl_answer answer;
    struct pl_error err = {.arena = &arena};
    random_world_print_answer(a->world, a->right, &want);
    if (!pl_answer_solve(&arena,
                         pl_source_from_text(&arena, PL_STR("world"), a->text),
                         window, trail, &answer, &err)) {
        printf("seed %" PRIu64 " is no problem: %.*s\n%.*s", a->seed,
               PL_STR_ARG(err.message), PL_STR_ARG(a->text));
        return false;
    }
    *rounds = answer.solution.stats.rounds;
    if (pl_str_eq(answer.lines, pl_buf_view(&want)) &&
        kept_as_many(a->world, a->right, &answer))
        return true;
    if (a->show)
        print_world(a->seed, window, trail->earlier, a->text,
                    pl_buf_view(&want), answer.lines);
    return false;
}

/* Without a trail, then with one; both must be right. */
static bool solve_twice(const struct attempt *a, uint32_t window,
                        enum trail_kind kind, struct trails *trails,
                        struct tally *tally)
{
    uint32_t without, with;
    PL_BUF(room, PL_MAX_TRAIL_BYTES);
    pl_buf_clear(&trails->own);
    struct pl_trail first = {.next = &trails->own};
    if (!solve(a, window, &first, &without))
        return false;
    struct pl_trail again = {.earlier =
                                 trail_of_kind(kind, a->seed, trails, &room)};
    if (!solve(a, window, &again, &with))
        return false;
    if (kind == TRAIL_OWN && a->right->satisfiable) {
        tally->own_trails++;
        tally->rounds += without;
        tally->rounds_on_trail += with;
    }
    return true;
}

static void remember(struct trails *trails)
{
    if (!trails->own.len)
        return;
    pl_buf_clear(&trails->other);
    pl_buf_add_str(&trails->other, pl_buf_view(&trails->own));
}

static bool check_world(uint64_t seed, bool show, struct trails *trails,
                        struct tally *tally)
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
    struct attempt attempt = {seed, &world, &right, pl_buf_view(&text), show};
    for (size_t i = 0; i < PL_COUNT(windows); i++) {
        enum trail_kind kind = (enum trail_kind)(1 + (seed + i) % 3);
        if (!solve_twice(&attempt, windows[i], kind, trails, tally))
            return false;
    }
    remember(trails);
    return true;
}

/* A test of worlds that are all alike would prove little. */
static bool is_varied(const struct tally *tally)
{
    return tally->worlds < 1000 ||
           (tally->satisfiable * 4 > tally->worlds &&
            tally->satisfiable * 10 < tally->worlds * 9 &&
            tally->replaced * 20 > tally->worlds &&
            tally->rounds_on_trail == tally->own_trails &&
            tally->rounds > tally->own_trails);
}

static void finish_trails(struct trails *trails)
{
    pl_buf_finish(&trails->own);
    pl_buf_finish(&trails->other);
}

static void print_tally(const struct tally *t, uint64_t seed)
{
    printf("%" PRIu64 " worlds from seed %" PRIu64 ": %" PRIu64
           " satisfiable, %" PRIu64 " replace facts (%" PRIu64
           " several, %" PRIu64 " the system's), %" PRIu64
           " wrong; at most %ld environments tried; %" PRIu64
           " rounds, on their own trails %" PRIu64 "\n",
           t->worlds, seed, t->satisfiable, t->replaced, t->many, t->os,
           t->wrong, t->most_tried, t->rounds, t->rounds_on_trail);
}

int main(int argc, char **argv)
{
    bool must_differ = argc == 2 && !strcmp(argv[1], "--must-differ");
    /* some faults show in one world of thousands */
    uint64_t count = setting("PODLOCK_RANDOM_COUNT",
                             must_differ ? 5 * USUAL_COUNT : USUAL_COUNT);
    uint64_t seed = setting("PODLOCK_RANDOM_SEED", USUAL_SEED);
    struct tally tally = {0};
    struct trails trails PL_CLEANUP(finish_trails) = {
        {.max = PL_MAX_TRAIL_BYTES}, {.max = PL_MAX_TRAIL_BYTES}};
    for (uint64_t i = 0; i < count; i++) {
        tally.wrong += !check_world(seed + i, !must_differ, &trails, &tally);
        if (tally.wrong == (must_differ ? 1 : SHOWN))
            break;
    }
    print_tally(&tally, seed);
    if (must_differ)
        return tally.wrong ? 0 : 1;
    return tally.wrong || !is_varied(&tally) ? 1 : 0;
}
