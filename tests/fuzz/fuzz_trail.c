#include "core/buf.h"
#include "core/limits.h"
#include "resolver/problem_text.h"
#include "resolver/refine.h"
#include "tests/fuzz/fuzz.h"

static const char problem[] = "require a\nrequire d<4\n"
                              "fact m 1 keep\nfact n 1 keep\nfact z 1 keep\n"
                              "project a\n  1\n    z>=2\n    b[x]\n"
                              "  2\n    m>=2\n    n>=2\n"
                              "project b\n  1\n  2\n    extra x\n"
                              "    c; extra == \"x\"\n  3\n    gone\n"
                              "project c\n  1\n  2\n  3\n    d>=4\n"
                              "project d\n  1\n  2\n  3\n  4\n"
                              "project m\n  2\nproject n\n  2\n"
                              "project z\n  2\n  3\n    m>=2\n";
static const char answer[] = "a 1\nb 2\nc 2\nd 3\nz 2\n";

/* Whatever the trail says, the answer is the same. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    PL_ARENA(arena);
    PL_BUF(next, PL_MAX_TRAIL_BYTES);
    PL_BUF(got, PL_MAX_OUTPUT_BYTES);
    struct pl_error err = {.arena = &arena};
    struct pl_problem_text text;
    struct pl_solution solution;
    struct pl_trail trail = {pl_fuzz_text(data, size), &next, false};
    const struct pl_source *source =
        pl_source_from_text(&arena, PL_STR("fuzz"), pl_str_from(problem));
    PL_FUZZ_WANT(pl_problem_text_read(&arena, source, &text, &err) &&
                 pl_problem_start(&text.problem, &err));
    text.problem.policy.window = 1;
    PL_FUZZ_WANT(pl_refine(&text.problem, text.index, (struct pl_str){0},
                           &trail, &solution, &err));
    for (size_t i = 0; i < solution.chosen_count; i++)
        pl_buf_addf(&got, "%.*s %.*s\n",
                    PL_STR_ARG(solution.chosen[i].project->name),
                    PL_STR_ARG(solution.chosen[i].version));
    PL_FUZZ_WANT(pl_str_is(pl_buf_view(&got), answer));
    struct pl_map left = {.arena = &arena};
    PL_FUZZ_WANT(pl_buf_ok(&next) && pl_trail_read(pl_buf_view(&next), &left) &&
                 left.len);
    return 0;
}
