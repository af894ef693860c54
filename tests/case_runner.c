/*
 * Runs cases: problems as text, each with what must come out.
 *
 *     case_runner FILE.case...
 *
 * tests/cases/README.md has the form. Each case is solved with windows of 1, 2
 * and 4 versions and with everything loaded, which must all give the same; it
 * is dumped, read back, dumped again and solved again, which must be the same
 * too. With PODLOCK_REWRITE=1 the file gets what came out, for review.
 */
#include <stdio.h>

#include "core/file.h"
#include "core/limits.h"
#include "tests/answer.h"

struct run {
    struct pl_arena *arena;
    const struct pl_source *source;
    const char *path;
    struct pl_str problem, expected; /* the two parts of the file */
    bool is_right;
};

static void complain(struct run *run, const char *format, ...) PL_PRINTF(2, 3);

static void complain(struct run *run, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    printf("%s: ", run->path);
    vprintf(format, args);
    putchar('\n');
    va_end(args);
    run->is_right = false;
}

/* ---- lines ---- */

typedef PL_VEC(struct pl_str) line_vec;

static line_vec lines_of(struct pl_arena *arena, struct pl_str text)
{
    line_vec lines = {0};
    struct pl_str line;
    while (pl_str_cut(&text, '\n', &line)) {
        line = pl_str_trim(line);
        if (line.len && line.at[0] != '#')
            pl_vec_push(arena, &lines, line);
    }
    return lines;
}

static bool has_line(const line_vec *lines, struct pl_str line)
{
    for (size_t i = 0; i < lines->len; i++)
        if (pl_str_eq(lines->at[i], line))
            return true;
    return false;
}

static bool is_kept(struct pl_str line, struct pl_str *name)
{
    if (!pl_str_starts(line, "kept "))
        return false;
    *name = pl_str_sub(line, 5, line.len);
    return true;
}

/* ---- what is expected ---- */

/* The head is "expect", "expect no" or "expect error". */
static struct pl_str head_of(struct pl_str expected)
{
    return pl_str_trim(pl_str_sub(expected, 0, pl_str_find(expected, '\n')));
}

static line_vec body_of(struct run *run)
{
    struct pl_str e = run->expected;
    return lines_of(run->arena, pl_str_sub(e, pl_str_find(e, '\n'), e.len));
}

static struct pl_str head_for(const struct pl_answer *answer)
{
    if (answer->failed)
        return PL_STR("expect error");
    return answer->solution.satisfiable ? PL_STR("expect")
                                        : PL_STR("expect no");
}

static bool message_has(const struct pl_answer *answer, struct pl_str text)
{
    return pl_str_find_str(answer->message, text) < answer->message.len;
}

static void print_differences(struct run *run, const struct pl_answer *answer)
{
    line_vec want = body_of(run);
    line_vec got = lines_of(run->arena, answer->lines);
    struct pl_str name;
    for (size_t i = 0; i < want.len; i++)
        if (!is_kept(want.at[i], &name) && !has_line(&got, want.at[i]))
            complain(run, "- %.*s", PL_STR_ARG(want.at[i]));
        else if (is_kept(want.at[i], &name) && !pl_answer_keeps(answer, name))
            complain(run, "- %.*s", PL_STR_ARG(want.at[i]));
    for (size_t i = 0; i < got.len; i++)
        if (!has_line(&want, got.at[i]))
            complain(run, "+ %.*s", PL_STR_ARG(got.at[i]));
}

static void check_message(struct run *run, const struct pl_answer *answer)
{
    line_vec want = body_of(run);
    for (size_t i = 0; i < want.len; i++)
        if (!message_has(answer, want.at[i]))
            complain(run, "- %.*s", PL_STR_ARG(want.at[i]));
    if (!run->is_right)
        complain(run, "the message is:\n%.*s", PL_STR_ARG(answer->message));
}

static void check_expected(struct run *run, const struct pl_answer *answer)
{
    struct pl_str want = head_of(run->expected), got = head_for(answer);
    if (!pl_str_eq(want, got)) {
        complain(run, "- %.*s", PL_STR_ARG(want));
        complain(run, "+ %.*s", PL_STR_ARG(got));
        complain(run, "which is:\n%.*s%.*s", PL_STR_ARG(answer->lines),
                 PL_STR_ARG(answer->message));
    } else if (pl_str_is(got, "expect")) {
        print_differences(run, answer);
    } else {
        check_message(run, answer);
    }
}

/* ---- rewriting ---- */

static bool still_holds(const struct pl_answer *answer, struct pl_str line)
{
    struct pl_str name;
    if (!answer->solution.satisfiable)
        return message_has(answer, line);
    return is_kept(line, &name) && pl_answer_keeps(answer, name);
}

static void rewrite(struct run *run, const struct pl_answer *answer)
{
    PL_BUF(out, PL_MAX_OUTPUT_BYTES);
    struct pl_error err = {.arena = run->arena};
    pl_buf_add_str(&out, run->problem);
    pl_buf_add_str(&out, head_for(answer));
    pl_buf_add_char(&out, '\n');
    if (answer->solution.satisfiable)
        pl_buf_add_str(&out, answer->lines);
    line_vec want = body_of(run);
    size_t before = out.len;
    for (size_t i = 0; i < want.len; i++)
        if (still_holds(answer, want.at[i]))
            pl_buf_addf(&out, "%.*s\n", PL_STR_ARG(want.at[i]));
    if (!answer->solution.satisfiable && out.len == before)
        pl_buf_add_str(&out, answer->message);
    if (!pl_file_save(pl_str_from(run->path), pl_buf_view(&out), &err))
        complain(run, "%.*s", PL_STR_ARG(err.message));
}

/* ---- running ---- */

static bool solve(struct run *run, const struct pl_source *source,
                  uint32_t window, struct pl_answer *out)
{
    struct pl_error err = {.arena = run->arena};
    if (pl_answer_solve(run->arena, source, window, NULL, out, &err))
        return true;
    PL_BUF(text, PL_MAX_MESSAGE_BYTES);
    pl_error_print(&err, "error", false, &text);
    complain(run, "%.*s", PL_STR_ARG(pl_buf_view(&text)));
    return false;
}

static bool same(const struct pl_answer *a, const struct pl_answer *b)
{
    return pl_str_eq(a->lines, b->lines) &&
           a->solution.kept_count == b->solution.kept_count;
}

static void check_window(struct run *run, const struct pl_answer *first,
                         uint32_t window)
{
    struct pl_answer answer;
    if (!solve(run, run->source, window, &answer))
        return;
    if (first->text.recorded && answer.failed)
        return; /* the recorded run had no need of what this one reads */
    if (!same(first, &answer))
        complain(run, "window %u gives another answer:\n%.*s%.*s", window,
                 PL_STR_ARG(answer.lines), PL_STR_ARG(answer.message));
}

static void check_dump(struct run *run, const struct pl_answer *first)
{
    struct pl_answer answer;
    struct pl_str dump = pl_answer_dump(run->arena, first);
    const struct pl_source *source =
        pl_source_from_text(run->arena, PL_STR("the dump"), dump);
    if (!solve(run, source, PL_ANSWER_OWN_WINDOW, &answer))
        return;
    if (!same(first, &answer))
        complain(run, "the dump gives another answer:\n%.*s%.*s",
                 PL_STR_ARG(answer.lines), PL_STR_ARG(answer.message));
    else if (!pl_str_eq(dump, pl_answer_dump(run->arena, &answer)))
        complain(run, "the dump is dumped differently:\n%.*s\n-- then\n%.*s",
                 PL_STR_ARG(dump),
                 PL_STR_ARG(pl_answer_dump(run->arena, &answer)));
}

static void run_case(struct run *run)
{
    struct pl_answer first;
    if (!solve(run, run->source, PL_ANSWER_OWN_WINDOW, &first))
        return;
    struct pl_str text = run->source->text;
    run->expected = first.text.rest;
    run->problem = pl_str_sub(text, 0, text.len - run->expected.len);
    if (getenv("PODLOCK_REWRITE"))
        rewrite(run, &first);
    else
        check_expected(run, &first);
    static const uint32_t windows[] = {1, 2, 4, 0};
    for (size_t i = 0; i < PL_COUNT(windows); i++)
        check_window(run, &first, windows[i]);
    if (!first.failed)
        check_dump(run, &first);
}

static bool run_file(const char *path)
{
    PL_ARENA(arena);
    struct pl_error err = {.arena = &arena};
    struct run run = {.arena = &arena, .path = path, .is_right = true};
    struct pl_str text, name = pl_str_from(path);
    if (!pl_file_load(&arena, name, PL_MAX_OUTPUT_BYTES, &text, NULL, &err)) {
        complain(&run, "%.*s", PL_STR_ARG(err.message));
        return false;
    }
    run.source = pl_source_from_text(&arena, pl_path_base(name), text);
    run_case(&run);
    return run.is_right;
}

int main(int argc, char **argv)
{
    bool is_right = argc > 1;
    for (int i = 1; i < argc; i++)
        is_right = run_file(argv[i]) && is_right;
    return is_right ? 0 : 1;
}
