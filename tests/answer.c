#include "tests/answer.h"

#include "core/limits.h"
#include "resolver/conflict_text.h"
#include "resolver/refine.h"

static void print_chosen(const struct pl_chosen *chosen, struct pl_buf *out)
{
    const struct pl_fact *old = chosen->replaces;
    if (old)
        pl_buf_add_cstr(out, "replaced ");
    pl_buf_add_str(out, chosen->project->name);
    for (size_t i = 0; i < chosen->extra_count; i++) {
        pl_buf_add_char(out, i ? ',' : '[');
        pl_buf_add_str(out, chosen->extras[i]);
    }
    if (chosen->extra_count)
        pl_buf_add_char(out, ']');
    if (old)
        pl_buf_addf(out, " %.*s", PL_STR_ARG(old->version.text));
    pl_buf_addf(out, " %.*s\n", PL_STR_ARG(chosen->version));
}

static struct pl_str print_solution(struct pl_arena *arena,
                                    const struct pl_solution *solution)
{
    PL_BUF(out, PL_MAX_OUTPUT_BYTES);
    if (!solution->satisfiable)
        return PL_STR("no\n");
    for (size_t i = 0; i < solution->chosen_count; i++)
        if (!solution->chosen[i].replaces)
            print_chosen(&solution->chosen[i], &out);
    for (size_t i = 0; i < solution->chosen_count; i++)
        if (solution->chosen[i].replaces)
            print_chosen(&solution->chosen[i], &out);
    return pl_arena_dup(arena, pl_buf_view(&out));
}

static void take_message(struct pl_arena *arena, const struct pl_error *err,
                         struct pl_answer *out)
{
    PL_BUF(text, PL_MAX_MESSAGE_BYTES);
    pl_error_print(err, "error", false, &text);
    out->message = pl_arena_dup(arena, pl_buf_view(&text));
}

bool pl_answer_solve(struct pl_arena *arena, const struct pl_source *source,
                     uint32_t window, struct pl_trail *trail,
                     struct pl_answer *out, struct pl_error *err)
{
    struct pl_error wrong = {.arena = arena};
    *out = (struct pl_answer){0};
    if (!pl_problem_text_read(arena, source, &out->text, err))
        return false;
    struct pl_problem *problem = &out->text.problem;
    if (window != PL_ANSWER_OWN_WINDOW)
        problem->policy.window = window;
    if (!pl_problem_start(problem, &wrong) ||
        !pl_refine(problem, out->text.index, (struct pl_str){0}, trail,
                   &out->solution, &wrong)) {
        out->failed = true;
        out->lines = PL_STR("error\n");
        take_message(arena, &wrong, out);
        return true;
    }
    out->lines = print_solution(arena, &out->solution);
    if (!out->solution.satisfiable) {
        pl_conflict_error(problem, out->solution.conflict, &wrong);
        take_message(arena, &wrong, out);
    }
    return true;
}

struct pl_str pl_answer_dump(struct pl_arena *arena,
                             const struct pl_answer *answer)
{
    PL_BUF(out, PL_MAX_OUTPUT_BYTES);
    pl_problem_text_write(&answer->text.problem, &out);
    return pl_arena_dup(arena, pl_buf_view(&out));
}

bool pl_answer_keeps(const struct pl_answer *answer, struct pl_str name)
{
    for (size_t i = 0; i < answer->solution.kept_count; i++)
        if (pl_str_eq(answer->solution.kept[i].fact->name, name))
            return true;
    return false;
}
