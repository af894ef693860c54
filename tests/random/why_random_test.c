/*
 * What `why` claims, against brute force, on small random worlds.
 *
 *     why_random_test
 *
 * Of every package of every answer: is it told as what it is, stands each
 * newer version of the index under a bar, does each version under a bar break
 * what the bar names, and does brute force say of the question with that
 * version added what the search is said to have said? PODLOCK_RANDOM_COUNT
 * worlds are tried, from PODLOCK_RANDOM_SEED on.
 */
#include <inttypes.h>
#include <stdio.h>

#include "core/limits.h"
#include "resolver/why_text.h"
#include "tests/answer.h"
#include "tests/random/world.h"

#define USUAL_COUNT 3000
#define USUAL_SEED 1
#define BAR_KINDS (PL_BAR_SEARCH + 1)
#define VERDICTS (PL_VERDICT_OTHER + 1)

struct tally {
    uint64_t worlds, packages, absent, wrong;
    uint64_t kinds[BAR_KINDS], verdicts[VERDICTS];
    uint64_t refuted, allowed; /* by brute force, as was said */
};

struct check {
    uint64_t seed;
    const struct brute_world *world;
    const struct pl_problem *problem;
    const struct pl_solution *solution;
    const struct pl_why *why;
    int name;
    struct tally *tally;
};

static uint64_t setting(const char *name, uint64_t usual)
{
    uint64_t value;
    const char *text = getenv(name);
    return text && pl_str_to_u64(pl_str_from(text), &value) ? value : usual;
}

static bool wrong(const struct check *c, const struct pl_bar *bar,
                  const struct pl_version *version, const char *what)
{
    PL_BUF(text, PL_MAX_OUTPUT_BYTES);
    if (bar) {
        pl_bar_print_versions(bar, &text);
        pl_buf_add_cstr(&text, ": ");
        pl_bar_print(c->problem, bar, &text);
        pl_buf_add_cstr(&text, "; ");
        pl_bar_print_verdict(bar, &text);
    }
    if (version) {
        pl_buf_add_cstr(&text, " at ");
        pl_version_print(version, &text);
    }
    printf("seed %" PRIu64 ", %c: %s: %.*s\n", c->seed, 'a' + c->name, what,
           PL_STR_ARG(pl_buf_view(&text)));
    return false;
}

/* ---- versions of both sides ---- */

static int key_of(const struct pl_version *v)
{
    return 2 * (int)v->release[0] - (v->pre != PL_PRE_NONE);
}

static int brute_key(struct brute_version v)
{
    return 2 * v.number - v.pre;
}

static bool is_within(const struct pl_bar *bar, int key)
{
    for (size_t i = 0; i < bar->range_count; i++)
        if (key_of(bar->ranges[i].first) <= key &&
            key <= key_of(bar->ranges[i].last))
            return true;
    return false;
}

/* ---- what a bar says ---- */

static const struct pl_version *version_there(const struct check *c,
                                              const struct pl_project *project)
{
    for (size_t i = 0; i < c->solution->chosen_count; i++)
        if (c->solution->chosen[i].project == project)
            return c->solution->chosen[i].candidate->version;
    for (size_t i = 0; i < c->solution->kept_count; i++)
        if (pl_str_eq(c->solution->kept[i].fact->name, project->name))
            return &c->solution->kept[i].fact->version;
    return NULL;
}

static bool is_excluded(const struct check *c, const struct pl_bar *bar,
                        const struct pl_version *version)
{
    const struct pl_project *project = c->why->project;
    for (size_t i = 0; i < project->excluded.len; i++)
        if (project->excluded.at[i].why == bar->why &&
            pl_version_cmp(project->excluded.at[i].version, version) == 0)
            return true;
    return false;
}

/* The fact's own version may be there under another name (treat-as). */
static bool meets(const struct check *c, const struct pl_version *version,
                  const struct pl_specifier *specifier)
{
    const struct pl_fact *fact = c->why->project->fact;
    return fact && version == &fact->version
               ? pl_fact_meets(fact, specifier)
               : pl_specifier_match(specifier, version);
}

static bool beside_meets(const struct pl_bar *bar,
                         const struct pl_specifier *specifier)
{
    return bar->by_fact ? pl_fact_meets(bar->by->fact, specifier)
                        : pl_specifier_match(specifier, bar->by_version);
}

static bool breaks_rule(const struct check *c, const struct pl_bar *bar,
                        const struct pl_version *version)
{
    const struct pl_abi_rule *rule = bar->rule;
    if (pl_str_eq(rule->package, c->why->name))
        return meets(c, version, &rule->versions) &&
               beside_meets(bar, &rule->other_versions) != rule->is_requires;
    return beside_meets(bar, &rule->versions) &&
           meets(c, version, &rule->other_versions) != rule->is_requires;
}

/* Does the package state that, and is it in the answer at that version? */
static bool is_stated(const struct check *c, const struct pl_bar *bar)
{
    const struct pl_version *there = version_there(c, bar->by);
    return there && pl_version_cmp(there, bar->by_version) == 0 &&
           bar->demand->project == c->why->project;
}

static bool is_barred_fact(const struct check *c,
                           const struct pl_version *version)
{
    const struct pl_project *project = c->why->project;
    return project->fact && version == &project->fact->version &&
           project->fact_barred;
}

static bool is_true(const struct check *c, const struct pl_bar *bar,
                    const struct pl_version *version)
{
    switch (bar->kind) {
    case PL_BAR_ASKED:
        return is_barred_fact(c, version) ||
               !meets(c, version, bar->demand->specifier);
    case PL_BAR_CONSTRAINT:
        return !meets(c, version, &bar->constraint->specifier);
    case PL_BAR_NEEDED:
        return is_stated(c, bar) &&
               (is_barred_fact(c, version) ||
                !meets(c, version, bar->demand->specifier));
    case PL_BAR_RULE:
        return breaks_rule(c, bar, version);
    case PL_BAR_EXCLUDED:
        return is_excluded(c, bar, version);
    case PL_BAR_LATER:
        return pl_version_is_prerelease(version);
    case PL_BAR_FACT:
        return c->why->state == PL_WHY_KEPT;
    case PL_BAR_OWN_NEED:
        return !bar->by_version || version_there(c, bar->by);
    case PL_BAR_SEARCH:
        return true;
    }
    return false;
}

/* ---- what the search said ---- */

/* The world's question with this version added; false: there is no room. */
static bool solve_with(const struct check *c, const struct pl_version *version,
                       struct brute_answer *out)
{
    struct brute_world world = *c->world;
    struct brute_inputs *inputs = &world.roots;
    for (int i = 0; i < world.overrides.count; i++)
        if (world.overrides.at[i].name == c->name)
            inputs = &world.overrides;
    if (inputs->count == BRUTE_INPUTS || world.names[c->name].excluded)
        return false;
    inputs->at[inputs->count++] = (struct brute_req){
        .name = c->name,
        .spec = {.count = 1,
                 .op = {BRUTE_EQ},
                 .operand = {
                     {(int)version->release[0], version->pre != PL_PRE_NONE}}}};
    brute_solve(&world, out);
    /*
     * An override asks for nothing, so that the answer may do without; and a
     * fact may pass for that version.
     */
    return !out->satisfiable ||
           (out->chosen[c->name].there &&
            brute_key(out->chosen[c->name].version) == key_of(version));
}

static bool said_no(const struct pl_bar *bar)
{
    return bar->is_certain || bar->verdict == PL_VERDICT_NO_ALL;
}

static bool check_verdict(const struct check *c, const struct pl_bar *bar,
                          const struct pl_version *version)
{
    struct brute_answer answer;
    bool is_tried = bar->tried && pl_version_cmp(bar->tried, version) == 0;
    bool no = said_no(bar) || (bar->verdict == PL_VERDICT_NO && is_tried);
    bool yes = is_tried && (bar->verdict == PL_VERDICT_REPLACE ||
                            bar->verdict == PL_VERDICT_OTHER);
    if ((!no && !yes) || !solve_with(c, version, &answer))
        return true;
    c->tally->refuted += no;
    c->tally->allowed += yes;
    return answer.satisfiable == yes ||
           wrong(c, bar, version, "brute force says otherwise");
}

/* What it would have instead is what brute force has, too. */
static bool check_instead(const struct check *c, const struct pl_bar *bar)
{
    struct brute_answer answer;
    if (bar->verdict < PL_VERDICT_REPLACE ||
        !solve_with(c, bar->tried, &answer))
        return true;
    const struct brute_chosen *chosen =
        &answer.chosen[bar->instead.at[0] - 'a'];
    struct pl_str to = bar->instead_to;
    char text[16];
    snprintf(text, sizeof(text), "%d%s", chosen->version.number,
             chosen->version.pre ? "rc1" : "");
    return (chosen->there && pl_str_is(to, text) &&
            !pl_str_eq(bar->instead_from, to)) ||
           wrong(c, bar, NULL, "brute force has something else instead");
}

/* ---- a package ---- */

/* Ranges go on behind such versions, which stand under a bar of their own. */
static bool comes_later(const struct check *c, const struct pl_version *version)
{
    for (size_t i = 0; i < c->why->bar_count; i++)
        if (c->why->bars[i].kind == PL_BAR_LATER &&
            is_within(&c->why->bars[i], key_of(version)))
            return true;
    return false;
}

/* Of what the index has, and the fact itself. */
static bool check_bar(const struct check *c, const struct pl_bar *bar)
{
    const struct pl_project *project = c->why->project;
    size_t found = 0;
    c->tally->kinds[bar->kind]++;
    c->tally->verdicts[bar->verdict]++;
    for (size_t i = 0; i < project->candidate_count + project->excluded.len;
         i++) {
        bool is_candidate = i < project->candidate_count;
        const struct pl_version *version =
            is_candidate
                ? project->candidates[i].version
                : project->excluded.at[i - project->candidate_count].version;
        bool is_usable = is_candidate &&
                         project->candidates[i].state != PL_CANDIDATE_UNUSABLE;
        if (!is_within(bar, key_of(version)) ||
            (bar->kind >= PL_BAR_LATER && !is_usable) ||
            (bar->kind == PL_BAR_EXCLUDED && is_usable) ||
            (!is_candidate &&
             project->excluded.at[i - project->candidate_count].why ==
                 PL_EXCLUDED_METADATA))
            continue; /* what its metadata excluded is both */
        if (bar->kind >= PL_BAR_FACT && comes_later(c, version))
            continue;
        found++;
        if (!is_true(c, bar, version))
            return wrong(c, bar, version, "it does not break that");
        if (bar->kind >= PL_BAR_OWN_NEED && !check_verdict(c, bar, version))
            return false;
    }
    if (found != bar->version_count)
        return wrong(c, bar, NULL, "it counts others");
    return check_instead(c, bar);
}

static bool check_covered(const struct check *c)
{
    const struct brute_name *name = &c->world->names[c->name];
    int own = key_of(c->why->version);
    for (int i = 0; name->on_index && i < name->release_count; i++) {
        int key = brute_key(name->releases[i].version);
        bool is_covered = c->why->is_lowest ? key >= own : key <= own;
        for (size_t n = 0; n < c->why->bar_count && !is_covered; n++)
            is_covered = is_within(&c->why->bars[n], key);
        if (!is_covered &&
            !(name->fact.there && brute_key(name->fact.version) == key)) {
            printf("%d: ", key);
            return wrong(c, NULL, NULL, "a version is told nothing about");
        }
    }
    return true;
}

static bool check_askers(const struct check *c)
{
    const struct pl_why *why = c->why;
    size_t count = 0;
    for (size_t i = 0; i < c->solution->chosen_count; i++)
        if (c->solution->chosen[i].project == why->project)
            count = c->solution->chosen[i].via_count;
    if (why->state == PL_WHY_KEPT)
        return true;
    return why->asker_count == count ||
           wrong(c, NULL, NULL, "others ask for it than the lock says");
}

static bool check_name(struct check *c, const struct pl_answer *answer,
                       const struct brute_answer *right)
{
    const struct brute_chosen *chosen = &right->chosen[c->name];
    char text[] = {(char)('a' + c->name), '\0'};
    struct pl_why why;
    struct pl_error err = {.arena = c->problem->arena};
    struct pl_problem *problem = (struct pl_problem *)c->problem;
    c->why = &why;
    if (!pl_why_find(problem, answer->text.index, c->solution,
                     pl_arena_dup(problem->arena, pl_str_from(text)), &why,
                     &err))
        return wrong(c, NULL, NULL, "it fails");
    if ((why.state != PL_WHY_ABSENT) != chosen->there ||
        (why.state == PL_WHY_KEPT) != (chosen->there && chosen->is_fact))
        return wrong(c, NULL, NULL, "it stands elsewhere");
    c->tally->packages++;
    c->tally->absent += why.state == PL_WHY_ABSENT;
    if (why.state == PL_WHY_ABSENT)
        return true;
    if (key_of(why.version) != brute_key(chosen->version))
        return wrong(c, NULL, NULL, "it has another version");
    for (size_t i = 0; i < why.bar_count; i++)
        if (!check_bar(c, &why.bars[i]))
            return false;
    return check_covered(c) && check_askers(c);
}

static bool check_world(uint64_t seed, struct tally *tally)
{
    PL_ARENA(arena);
    PL_BUF(text, PL_MAX_OUTPUT_BYTES);
    struct brute_world world;
    struct brute_answer right;
    struct pl_answer answer;
    struct pl_error err = {.arena = &arena};
    random_world_make(seed, &world);
    for (int n = 0; n < world.name_count; n++)
        world.names[n].pinned = world.names[n].upgraded = false;
    random_world_print(&world, &text);
    brute_solve(&world, &right);
    if (!right.satisfiable)
        return true;
    const struct pl_source *source =
        pl_source_from_text(&arena, PL_STR("world"), pl_buf_view(&text));
    if (!pl_answer_solve(&arena, source, (uint32_t)(seed % 5), NULL, &answer,
                         &err) ||
        !answer.solution.satisfiable)
        return false;
    tally->worlds++;
    struct check check = {.seed = seed,
                          .world = &world,
                          .problem = &answer.text.problem,
                          .solution = &answer.solution,
                          .tally = tally};
    bool good = true;
    for (; check.name < world.name_count && good; check.name++)
        good = check_name(&check, &answer, &right);
    if (!good)
        printf("%.*s", PL_STR_ARG(pl_buf_view(&text)));
    return good;
}

/* A kind of bar that never comes up would be tested by nothing. */
static bool is_varied(const struct tally *tally)
{
    bool all = tally->refuted && tally->allowed && tally->absent;
    for (int i = 0; i < BAR_KINDS; i++)
        all = all && tally->kinds[i];
    for (int i = 0; i < VERDICTS; i++)
        all = all && (tally->verdicts[i] || i == PL_VERDICT_NO);
    return all || tally->worlds < 1000;
}

static void print_tally(const struct tally *tally)
{
    printf("%" PRIu64 " worlds, %" PRIu64 " packages, %" PRIu64
           " not there; bars by kind",
           tally->worlds, tally->packages, tally->absent);
    for (int i = 0; i < BAR_KINDS; i++)
        printf(" %" PRIu64, tally->kinds[i]);
    printf(", by verdict");
    for (int i = 0; i < VERDICTS; i++)
        printf(" %" PRIu64, tally->verdicts[i]);
    printf("; brute force confirmed %" PRIu64 " no, %" PRIu64 " yes\n",
           tally->refuted, tally->allowed);
}

int main(void)
{
    uint64_t count = setting("PODLOCK_RANDOM_COUNT", USUAL_COUNT);
    uint64_t seed = setting("PODLOCK_RANDOM_SEED", USUAL_SEED);
    struct tally tally = {0};
    for (uint64_t i = 0; i < count && tally.wrong < 3; i++)
        tally.wrong += !check_world(seed + i, &tally);
    print_tally(&tally);
    return tally.wrong || !is_varied(&tally) ? 1 : 0;
}
