/*
 * Repairs on small random worlds that have no answer.
 *
 * What is told must be so: each repair is made in the world's text, which is
 * read and solved anew, and must then have an answer of the size that was told.
 * And nothing may be missed: where leaving out one line, replacing one locked
 * fact or ignoring one rule gives an answer, a repair must speak of it.
 * PODLOCK_RANDOM_COUNT worlds are tried, from PODLOCK_RANDOM_SEED on.
 */
#include <inttypes.h>
#include <stdio.h>

#include "core/limits.h"
#include "resolver/repair.h"
#include "tests/answer.h"
#include "tests/random/world.h"

#define USUAL_COUNT 2500
#define USUAL_SEED 1
#define SHOWN 3 /* worlds printed before giving up */

struct tally {
    uint64_t worlds, noes, repairs, together, without, wrong;
    uint64_t kinds[PL_REPAIR_DROP + 1];
};

struct question {
    struct pl_arena *arena;
    struct pl_str text;
    struct pl_answer answer;
    struct pl_repairs repairs;
};

static uint64_t setting(const char *name, uint64_t usual)
{
    uint64_t value;
    const char *text = getenv(name);
    return text && pl_str_to_u64(pl_str_from(text), &value) ? value : usual;
}

static bool solve(struct pl_arena *arena, struct pl_str text,
                  struct pl_answer *out)
{
    struct pl_error err = {.arena = arena};
    const struct pl_source *source =
        pl_source_from_text(arena, PL_STR("world"), text);
    return pl_answer_solve(arena, source, PL_ANSWER_OWN_WINDOW, NULL, out,
                           &err) &&
           !out->failed;
}

/* ---- making a change in the text ---- */

static struct pl_str spliced(struct pl_arena *arena, struct pl_str text,
                             size_t begin, size_t end, struct pl_str instead)
{
    return pl_arena_printf(arena, "%.*s%.*s%.*s", (int)begin, text.at,
                           PL_STR_ARG(instead), (int)(text.len - end),
                           text.at + end);
}

/* Without the lines that begin so. */
static struct pl_str without(struct pl_arena *arena, struct pl_str text,
                             struct pl_str begin)
{
    PL_BUF(out, PL_MAX_OUTPUT_BYTES);
    struct pl_str line;
    while (text.len && pl_str_cut(&text, '\n', &line))
        if (!pl_str_eq(pl_str_sub(line, 0, begin.len), begin))
            pl_buf_addf(&out, "%.*s\n", PL_STR_ARG(line));
    return pl_arena_dup(arena, pl_buf_view(&out));
}

static struct pl_str with_line(struct pl_arena *arena, struct pl_str text,
                               const char *key, struct pl_str value)
{
    return pl_arena_printf(arena, "%s %.*s\n%.*s", key, PL_STR_ARG(value),
                           PL_STR_ARG(text));
}

static struct pl_str without_rule(struct pl_arena *arena, struct pl_str text,
                                  struct pl_str id)
{
    return without(arena, text,
                   pl_arena_printf(arena, "rule %.*s ", PL_STR_ARG(id)));
}

/* A comment in the place of the line, so that no other moves. */
static struct pl_str without_line(struct pl_arena *arena, struct pl_str text,
                                  const struct pl_asked *asked)
{
    size_t begin = asked->span.begin;
    while (begin && text.at[begin - 1] != '\n')
        begin--;
    return spliced(arena, text, begin, begin + 1, PL_STR("#"));
}

static struct pl_str change(struct pl_arena *arena, struct pl_str text,
                            const struct pl_repair *repair)
{
    const struct pl_asked *asked = repair->asked;
    switch (repair->kind) {
    case PL_REPAIR_REQUIREMENT:
    case PL_REPAIR_CONSTRAINT:
    case PL_REPAIR_OVERRIDE:
        return asked ? spliced(arena, text, asked->span.begin, asked->span.end,
                               repair->text)
                     : with_line(arena, text, "require", repair->text);
    case PL_REPAIR_DROP:
        return without_line(arena, text, asked);
    case PL_REPAIR_PRERELEASE:
        return without(arena, text, PL_STR("prerelease "));
    case PL_REPAIR_REPLACE:
        return without(arena, text, PL_STR("replace "));
    case PL_REPAIR_IGNORE_RULE:
        return without_rule(arena, text, repair->value);
    case PL_REPAIR_ALLOW_REPLACE:
        return with_line(arena, text, "allow-replace", repair->value);
    case PL_REPAIR_ALLOW_BREAK:
        return with_line(arena, text, "allow-break", repair->value);
    case PL_REPAIR_DATE:
    case PL_REPAIR_SOURCE:
    case PL_REPAIR_TEMPLATE:
        break;
    }
    return (struct pl_str){0};
}

/* An added line, which moves all others, comes behind all of them. */
static uint32_t place_of(const struct pl_repair *repair)
{
    return repair->asked ? repair->asked->span.begin : 0;
}

/* From the end of the text on: places before a change stay. */
static struct pl_str change_all(struct pl_arena *arena, struct pl_str text,
                                const struct pl_repair *repair)
{
    const struct pl_repair *parts[PL_MAX_REPAIR_TOGETHER] = {repair};
    size_t count = 1;
    for (size_t i = 0; i < repair->also_count; i++) {
        size_t at = count++;
        for (; at && place_of(parts[at - 1]) < place_of(&repair->also[i]); at--)
            parts[at] = parts[at - 1];
        parts[at] = &repair->also[i];
    }
    for (size_t i = 0; i < count; i++)
        text = change(arena, text, parts[i]);
    return text;
}

/* ---- what is told ---- */

static bool is_so(const struct question *q, const struct pl_repair *repair)
{
    struct pl_answer answer;
    struct pl_str text = change_all(q->arena, q->text, repair);
    if (!solve(q->arena, text, &answer) || !answer.solution.satisfiable)
        return false;
    size_t replaced = 0;
    for (size_t i = 0; i < answer.solution.chosen_count; i++)
        replaced += answer.solution.chosen[i].replaces != NULL;
    return answer.solution.chosen_count == repair->packages &&
           replaced == repair->replaced;
}

/* ---- what is missed ---- */

static bool speaks_of(const struct pl_repair *repair,
                      const struct pl_asked *asked, struct pl_str option)
{
    return asked ? repair->asked == asked : pl_str_eq(repair->text, option);
}

static bool is_told(const struct question *q, const struct pl_asked *asked,
                    struct pl_str option)
{
    for (size_t i = 0; i < q->repairs.list.len; i++) {
        const struct pl_repair *repair = &q->repairs.list.at[i];
        if (speaks_of(repair, asked, option))
            return true;
        for (size_t n = 0; n < repair->also_count; n++)
            if (speaks_of(&repair->also[n], asked, option))
                return true;
    }
    return false;
}

static bool has_answer(const struct question *q, struct pl_str text)
{
    PL_ARENA(scratch);
    struct pl_answer answer;
    return solve(&scratch, pl_arena_dup(q->arena, text), &answer) &&
           answer.solution.satisfiable;
}

static bool misses_line(const struct question *q)
{
    const struct pl_problem *problem = &q->answer.text.problem;
    for (size_t i = 0; i < problem->asked_count; i++) {
        const struct pl_asked *asked = &problem->asked[i];
        if (has_answer(q, without_line(q->arena, q->text, asked)) &&
            !is_told(q, asked, PL_STR("")))
            return true;
    }
    return false;
}

static bool misses_rule(const struct question *q)
{
    const struct pl_problem *problem = &q->answer.text.problem;
    for (size_t i = 0; i < problem->rule_count; i++) {
        struct pl_str id = problem->rules[i]->id;
        if (has_answer(q, without_rule(q->arena, q->text, id)) &&
            !is_told(q, NULL,
                     pl_arena_printf(q->arena, "--ignore-rule %.*s",
                                     PL_STR_ARG(id))))
            return true;
    }
    return false;
}

static bool misses_fact(const struct question *q)
{
    const struct pl_problem *problem = &q->answer.text.problem;
    const struct pl_template *template = problem->template;
    for (size_t i = 0; template && i < template->fact_count; i++) {
        struct pl_str name = template->facts[i].name;
        if (template->facts[i].protect == PL_PROTECT_LOCKED &&
            has_answer(q,
                       with_line(q->arena, q->text, "allow-replace", name)) &&
            !is_told(q, NULL,
                     pl_arena_printf(q->arena, "--allow-replace %.*s",
                                     PL_STR_ARG(name))))
            return true;
    }
    return false;
}

/* ---- worlds ---- */

static void show(uint64_t seed, const char *what, const struct question *q,
                 const struct pl_repair *repair)
{
    printf("seed %" PRIu64 " %s", seed, what);
    if (repair)
        printf(": %s `%.*s` and %zu more", pl_repair_kind_text(repair->kind),
               PL_STR_ARG(repair->text), repair->also_count);
    printf("\n%.*s%.*s\n", PL_STR_ARG(q->text), PL_STR_ARG(q->answer.message));
}

static bool check_repairs(uint64_t seed, const struct question *q,
                          struct tally *tally)
{
    for (size_t i = 0; i < q->repairs.list.len; i++) {
        const struct pl_repair *repair = &q->repairs.list.at[i];
        tally->repairs++;
        tally->kinds[repair->kind]++;
        tally->together += repair->also_count > 0;
        if (is_so(q, repair))
            continue;
        show(seed, "tells what does not help", q, repair);
        return false;
    }
    const char *missed = misses_line(q)   ? "misses a line"
                         : misses_rule(q) ? "misses a rule"
                         : misses_fact(q) ? "misses a fact"
                                          : NULL;
    if (missed)
        show(seed, missed, q, NULL);
    return !missed;
}

static bool check_world(uint64_t seed, struct tally *tally)
{
    PL_ARENA(arena);
    struct brute_world world;
    PL_BUF(text, PL_MAX_OUTPUT_BYTES);
    random_world_make(seed, &world);
    random_world_print(&world, &text);
    struct question q = {.arena = &arena, .text = pl_buf_view(&text)};
    tally->worlds++;
    if (!solve(&arena, q.text, &q.answer))
        return false;
    if (q.answer.solution.satisfiable)
        return true;
    tally->noes++;
    struct pl_repair_search search = {
        .problem = &q.answer.text.problem,
        .index = q.answer.text.index,
        .conflict = q.answer.solution.conflict,
        .max_download = UINT64_MAX,
    };
    pl_repairs_find(&search, &arena, &q.repairs);
    tally->without += !q.repairs.list.len;
    return check_repairs(seed, &q, tally);
}

/* A test of worlds that are all alike would prove little. */
static bool is_varied(const struct tally *t)
{
    static const enum pl_repair_kind kinds[] = {
        PL_REPAIR_REQUIREMENT, PL_REPAIR_CONSTRAINT,    PL_REPAIR_REPLACE,
        PL_REPAIR_IGNORE_RULE, PL_REPAIR_ALLOW_REPLACE, PL_REPAIR_ALLOW_BREAK,
        PL_REPAIR_DROP};
    for (size_t i = 0; t->worlds >= 1000 && i < PL_COUNT(kinds); i++)
        if (!t->kinds[kinds[i]])
            return false;
    return t->worlds < 1000 || (t->noes * 10 > t->worlds && t->together);
}

int main(void)
{
    uint64_t count = setting("PODLOCK_RANDOM_COUNT", USUAL_COUNT);
    uint64_t seed = setting("PODLOCK_RANDOM_SEED", USUAL_SEED);
    struct tally t = {0};
    for (uint64_t i = 0; i < count && t.wrong < SHOWN; i++)
        t.wrong += !check_world(seed + i, &t);
    printf("%" PRIu64 " worlds from seed %" PRIu64 ": %" PRIu64
           " without an answer, %" PRIu64 " repairs, %" PRIu64
           " of several changes; %" PRIu64 " worlds without one, %" PRIu64
           " wrong\n",
           t.worlds, seed, t.noes, t.repairs, t.together, t.without, t.wrong);
    for (unsigned kind = 0; kind <= PL_REPAIR_DROP; kind++)
        if (t.kinds[kind])
            printf("  %s %" PRIu64 "\n",
                   pl_repair_kind_text((enum pl_repair_kind)kind),
                   t.kinds[kind]);
    return t.wrong || !is_varied(&t) ? 1 : 0;
}
