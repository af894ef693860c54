/*
 * Why the answer is no, against brute force, on small random worlds.
 *
 * Of each world without an answer every conflict must be one: its leaves
 * cannot be met together, and can when any of them is left out. With the lines
 * of all conflicts left out the rest can be met. PODLOCK_RANDOM_COUNT worlds
 * without an answer are tried, from PODLOCK_RANDOM_SEED on.
 */
#include <inttypes.h>
#include <stdio.h>

#include "core/limits.h"
#include "resolver/conflict_text.h"
#include "resolver/conflicts.h"
#include "tests/answer.h"
#include "tests/random/world.h"

#define USUAL_COUNT 1000
#define USUAL_SEED 1
#define WINDOW 4

struct tally {
    uint64_t worlds, conflicts, leaves, several, wrong;
};

static uint64_t setting(const char *name, uint64_t usual)
{
    uint64_t value;
    const char *text = getenv(name);
    return text && pl_str_to_u64(pl_str_from(text), &value) ? value : usual;
}

static void lift_all(struct brute_world *world)
{
    for (int i = 0; i < world->roots.count; i++)
        world->roots.at[i].lifted = true;
    for (int i = 0; i < world->constraints.count; i++)
        world->constraints.at[i].lifted = true;
    for (int i = 0; i < world->rule_count; i++)
        world->rules[i].lifted = true;
    for (int n = 0; n < world->name_count; n++) {
        struct brute_name *name = &world->names[n];
        name->fact.lifted = true;
        name->lift_yanked = name->lift_unusable = name->lift_pre = true;
    }
}

/* The flag that says whether the leaf binds; NULL: the reason is none. */
static bool *flag_of(const struct pl_problem *problem,
                     const struct pl_reason *reason, struct brute_world *world)
{
    if (reason->kind == PL_REASON_ASKED)
        return &world->roots.at[reason->asked - problem->asked].lifted;
    if (reason->kind == PL_REASON_FACT)
        return &world->names[reason->fact->name.at[0] - 'a'].fact.lifted;
    if (reason->kind == PL_REASON_RULE)
        return &world->rules[reason->rule->id.at[1] - '0'].lifted;
    if (reason->kind == PL_REASON_EXCLUDED && reason->asked)
        return &world->constraints.at[reason->asked - problem->constraints]
                    .lifted;
    if (reason->kind != PL_REASON_EXCLUDED)
        return NULL;
    struct brute_name *name = &world->names[reason->project->name.at[0] - 'a'];
    return reason->why == PL_EXCLUDED_YANKED       ? &name->lift_yanked
           : reason->why == PL_EXCLUDED_METADATA   ? &name->lift_unusable
           : reason->why == PL_EXCLUDED_PRERELEASE ? &name->lift_pre
                                                   : NULL;
}

static const char *check_conflict(const struct pl_problem *problem,
                                  const struct pl_conflict *conflict,
                                  const struct brute_world *whole,
                                  struct tally *tally)
{
    struct brute_world world = *whole;
    lift_all(&world);
    for (size_t i = 0; i < conflict->count; i++) {
        bool *lifted = flag_of(problem, &conflict->reasons[i], &world);
        if (lifted)
            *lifted = false;
    }
    if (brute_can_be_met(&world))
        return "its leaves can be met together";
    for (size_t i = 0; i < conflict->count; i++) {
        bool *lifted = flag_of(problem, &conflict->reasons[i], &world);
        if (!lifted)
            continue;
        tally->leaves++;
        *lifted = true;
        if (!brute_can_be_met(&world))
            return "a leaf can be left out";
        *lifted = false;
    }
    return NULL;
}

static const char *check_all(const struct pl_problem *problem,
                             const struct pl_conflicts *conflicts,
                             const struct brute_world *whole,
                             struct tally *tally)
{
    struct brute_world world = *whole;
    const struct pl_conflict *last = NULL;
    for (size_t c = 0; c < conflicts->list.len; c++) {
        last = conflicts->list.at[c];
        const char *wrong = check_conflict(problem, last, whole, tally);
        if (wrong)
            return wrong;
        for (size_t i = 0; i < last->count; i++)
            if (last->reasons[i].kind == PL_REASON_ASKED)
                *flag_of(problem, &last->reasons[i], &world) = true;
    }
    if (last->blamed && !conflicts->may_have_more && !brute_can_be_met(&world))
        return "there is another conflict";
    return NULL;
}

static void print_wrong(uint64_t seed, const char *wrong, struct pl_str text,
                        const struct pl_problem *problem,
                        const struct pl_conflicts *conflicts)
{
    PL_ARENA(arena);
    PL_BUF(told, PL_MAX_MESSAGE_BYTES);
    for (size_t i = 0; i < conflicts->list.len; i++) {
        struct pl_error why = {.arena = &arena};
        pl_conflict_error(problem, conflicts->list.at[i], &why);
        pl_error_print(&why, "error", false, &told);
    }
    printf("# seed %" PRIu64 ": %s\n%.*s\n%.*s\n", seed, wrong,
           PL_STR_ARG(text), PL_STR_ARG(pl_buf_view(&told)));
}

/* False when the conflicts of a world without an answer are wrong. */
static bool check_world(uint64_t seed, struct tally *tally)
{
    PL_ARENA(arena);
    PL_BUF(text, PL_MAX_OUTPUT_BYTES);
    struct brute_world world;
    struct pl_answer answer;
    struct pl_trail trail = {0};
    struct pl_error err = {.arena = &arena};
    random_world_make(seed, &world);
    random_world_print(&world, &text);
    const struct pl_source *source =
        pl_source_from_text(&arena, PL_STR("world"), pl_buf_view(&text));
    if (!pl_answer_solve(&arena, source, WINDOW, &trail, &answer, &err) ||
        answer.failed) {
        printf("seed %" PRIu64 " is no problem\n", seed);
        return false;
    }
    if (answer.solution.satisfiable)
        return true;
    struct pl_problem *problem = &answer.text.problem;
    struct pl_conflicts conflicts =
        pl_conflicts_find(problem, answer.text.index, answer.solution.conflict);
    tally->worlds++;
    tally->conflicts += conflicts.list.len;
    tally->several += conflicts.list.len > 1;
    const char *wrong = check_all(problem, &conflicts, &world, tally);
    if (wrong)
        print_wrong(seed, wrong, pl_buf_view(&text), problem, &conflicts);
    return !wrong;
}

int main(void)
{
    uint64_t count = setting("PODLOCK_RANDOM_COUNT", USUAL_COUNT);
    uint64_t seed = setting("PODLOCK_RANDOM_SEED", USUAL_SEED);
    struct tally tally = {0};
    for (uint64_t i = 0; tally.worlds < count && tally.wrong < 3; i++)
        tally.wrong += !check_world(seed + i, &tally);
    printf("%" PRIu64 " worlds without an answer: %" PRIu64
           " conflicts with %" PRIu64 " leaves, %" PRIu64
           " worlds with several, %" PRIu64 " wrong\n",
           tally.worlds, tally.conflicts, tally.leaves, tally.several,
           tally.wrong);
    return tally.wrong || !tally.several || tally.leaves <= tally.conflicts ? 1
                                                                            : 0;
}
