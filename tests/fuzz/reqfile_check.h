/*
 * What holds of every answer of the requirements reader, for fuzz entries.
 * Included by one .c file an entry.
 */
#ifndef PODLOCK_TESTS_FUZZ_REQFILE_CHECK_H
#define PODLOCK_TESTS_FUZZ_REQFILE_CHECK_H

#include "core/buf.h"
#include "core/limits.h"
#include "resolver/reqfile_internal.h"
#include "tests/fuzz/fuzz.h"

typedef bool (*reqfile_reader)(struct pl_reqfile *file, struct pl_error *err);

static inline void check_span(struct pl_span span)
{
    PL_FUZZ_WANT(span.source && span.begin <= span.end);
    PL_FUZZ_WANT(span.end <= span.source->text.len);
}

/* The normal form is a requirement again, and its own normal form. */
static inline void check_asked(struct pl_arena *arena,
                               const struct pl_asked *asked)
{
    PL_BUF(first, PL_MAX_OUTPUT_BYTES);
    PL_BUF(second, PL_MAX_OUTPUT_BYTES);
    struct pl_requirement again;
    check_span(asked->span);
    PL_FUZZ_WANT(asked->where.len && asked->req.name.len);
    if (asked->req.url.len)
        return;
    pl_requirement_print(&asked->req, &first);
    PL_FUZZ_WANT(
        pl_requirement_parse(arena, pl_buf_view(&first), &again, NULL));
    pl_requirement_print(&again, &second);
    PL_FUZZ_WANT(pl_str_eq(pl_buf_view(&first), pl_buf_view(&second)));
}

static inline void check_error(const struct pl_error *err)
{
    PL_BUF(out, PL_MAX_OUTPUT_BYTES);
    PL_FUZZ_WANT(err->code != PL_OK && err->message.len);
    if (err->span.source)
        check_span(err->span);
    pl_error_print(err, "error", false, &out);
    PL_FUZZ_WANT(pl_buf_ok(&out));
}

/* No file but the text is read: those it names are too deep already. */
static inline struct pl_reqfile fuzz_file(struct pl_inputs *in,
                                          const char *name, struct pl_str text)
{
    for (int i = 0; i < PL_MAX_INCLUDE_DEPTH; i++)
        pl_vec_push(in->arena, &in->reading, PL_STR("\n"));
    return (struct pl_reqfile){
        .in = in,
        .source = pl_source_from_text(in->arena, pl_str_from(name), text),
    };
}

static inline void check_reader(reqfile_reader read, struct pl_inputs *in,
                                const char *name, struct pl_str text)
{
    struct pl_inputs before = *in, again = *in;
    struct pl_error err = {.arena = in->arena};
    struct pl_reqfile file = fuzz_file(in, name, text);
    bool ok = read(&file, &err);
    if (!ok)
        check_error(&err);
    for (size_t i = 0; i < in->requirements.len; i++)
        check_asked(in->arena, &in->requirements.at[i]);
    for (size_t i = 0; i < in->warnings.len; i++)
        check_error(&in->warnings.at[i]);
    again = before;
    struct pl_reqfile quiet = fuzz_file(&again, name, text);
    PL_FUZZ_WANT(read(&quiet, NULL) == ok);
    PL_FUZZ_WANT(again.requirements.len == in->requirements.len);
}

#endif
