#include "lockfmt/lock_check.h"

#include <inttypes.h>
#include <stdarg.h>

#include "core/buf.h"
#include "core/digest.h"
#include "core/file.h"
#include "core/limits.h"
#include "core/map.h"

/* Names in one sentence; the others are counted. */
#define MAX_TOLD 3

const char *pl_lock_trouble_name(enum pl_lock_trouble trouble)
{
    static const char *const names[] = {
        [PL_TROUBLE_ARGUMENTS] = "arguments",
        [PL_TROUBLE_INPUTS] = "inputs",
        [PL_TROUBLE_TEMPLATE] = "template",
        [PL_TROUBLE_ENVIRONMENT] = "environment",
        [PL_TROUBLE_PROTECTED] = "protected",
        [PL_TROUBLE_ENTRY] = "entry",
        [PL_TROUBLE_REPLACED] = "replaced",
        [PL_TROUBLE_PROVIDED] = "provided",
        [PL_TROUBLE_REQUIREMENT] = "requirement",
        [PL_TROUBLE_BROKEN] = "broken",
        [PL_TROUBLE_RULE] = "rule",
        [PL_TROUBLE_DEPENDENCY] = "dependency",
        [PL_TROUBLE_UNASKED] = "unasked",
        [PL_TROUBLE_DOWNLOAD] = "download",
        [PL_TROUBLE_FRESH] = "fresh",
    };
    return names[trouble];
}

struct pl_lock_finding *pl_lock_find(struct pl_lock_findings *findings,
                                     enum pl_lock_trouble trouble,
                                     struct pl_span span, const char *format,
                                     ...)
{
    PL_BUF(message, PL_MAX_MESSAGE_BYTES);
    struct pl_arena *arena = findings->arena;
    va_list args;
    va_start(args, format);
    pl_buf_addv(&message, format, args);
    va_end(args);
    struct pl_lock_finding finding = {
        .trouble = trouble,
        .told = {.arena = arena,
                 .code = PL_ERR_NO,
                 .span = span,
                 .message = pl_arena_dup(arena, pl_buf_view(&message))},
    };
    pl_vec_push(arena, &findings->list, finding);
    return &findings->list.at[findings->list.len - 1];
}

/* ---- inputs ---- */

static void check_input(const struct pl_lock_input *input, struct pl_span span,
                        struct pl_lock_findings *out)
{
    PL_ARENA(scratch);
    struct pl_error err = {.arena = out->arena};
    enum pl_file_state state;
    struct pl_str text;
    if (pl_str_is(input->name, "-")) {
        pl_lock_find(out, PL_TROUBLE_INPUTS, span,
                     "it was made from standard input, which cannot be looked "
                     "at again");
        return;
    }
    if (!pl_file_load(&scratch, input->name, PL_MAX_USER_FILE_BYTES, &text,
                      &state, &err)) {
        pl_lock_find(out, PL_TROUBLE_INPUTS, span, "%.*s",
                     PL_STR_ARG(err.message));
        return;
    }
    if (state == PL_FILE_ABSENT)
        pl_lock_find(out, PL_TROUBLE_INPUTS, span, "`%.*s` is not there",
                     PL_STR_ARG(input->name));
    else if (!pl_str_eq(pl_sha256_hex(&scratch, text), input->sha256))
        pl_lock_find(out, PL_TROUBLE_INPUTS, span,
                     "`%.*s` has changed since it was locked",
                     PL_STR_ARG(input->name));
}

void pl_lock_check_inputs(const struct pl_lock *lock,
                          struct pl_lock_findings *findings)
{
    for (size_t i = 0; i < lock->input_count; i++)
        check_input(&lock->inputs[i],
                    lock->places.inputs ? lock->places.inputs[i]
                                        : (struct pl_span){0},
                    findings);
}

/* ---- the template ---- */

/* "torch 2.8.0+cu128 is now 2.9.1+cu128, and 2 more", as far as is known. */
static struct pl_str changes(const struct pl_lock *lock,
                             const struct pl_template *template,
                             struct pl_arena *arena)
{
    PL_BUF(text, PL_MAX_MESSAGE_BYTES);
    size_t told = 0;
    for (size_t i = 0; i < lock->provided_count; i++) {
        const struct pl_lock_provided *row = &lock->provided[i];
        const struct pl_fact *fact = pl_template_fact(template, row->name);
        struct pl_str now =
            fact ? pl_version_text(arena, &fact->version) : (struct pl_str){0};
        if (pl_str_eq(now, row->version) || told++ >= MAX_TOLD)
            continue;
        pl_buf_addf(&text, "%s%.*s %.*s is %s%.*s", told > 1 ? ", " : "",
                    PL_STR_ARG(row->name), PL_STR_ARG(row->version),
                    now.len ? "now " : "not there any more", PL_STR_ARG(now));
    }
    if (told > MAX_TOLD)
        pl_buf_addf(&text, ", and %zu more", told - MAX_TOLD);
    return pl_arena_dup(arena, pl_buf_view(&text));
}

void pl_lock_check_template(const struct pl_lock *lock,
                            const struct pl_template *template,
                            struct pl_lock_findings *findings)
{
    struct pl_str digest = template ? template->digest : (struct pl_str){0};
    if (pl_str_eq(lock->template_digest, digest))
        return;
    struct pl_lock_finding *finding = pl_lock_find(
        findings, PL_TROUBLE_TEMPLATE,
        lock->places.template_digest.source ? lock->places.template_digest
                                            : lock->places.tool,
        "the facts of template %.*s have changed since it was locked",
        PL_STR_ARG(lock->template_id));
    struct pl_str what = {0};
    if (template)
        what = changes(lock, template, findings->arena);
    finding->told.because =
        what.len ? what : PL_STR("nothing that the lock relies on is another");
}

/* ---- what any lock can be asked ---- */

static bool has_entry(const struct pl_map *names, struct pl_str name)
{
    return pl_map_get(names, name);
}

static void check_dependencies(const struct pl_lock_package *package,
                               const struct pl_map *names,
                               struct pl_lock_findings *out)
{
    for (size_t i = 0; i < package->dependency_count; i++)
        if (!has_entry(names, package->dependencies[i]))
            pl_lock_find(out, PL_TROUBLE_DEPENDENCY, package->span,
                         "`%.*s` depends on `%.*s`, which has no entry",
                         PL_STR_ARG(package->name),
                         PL_STR_ARG(package->dependencies[i]));
}

void pl_lock_check_entries(const struct pl_lock *lock,
                           struct pl_lock_findings *findings)
{
    PL_ARENA(scratch);
    struct pl_map names = {.arena = &scratch};
    size_t unknown;
    for (size_t i = 0; i < lock->package_count; i++)
        pl_map_put(&names, lock->packages[i].name, &lock->packages[i]);
    for (size_t i = 0; i < lock->package_count; i++)
        check_dependencies(&lock->packages[i], &names, findings);
    uint64_t bytes = pl_lock_bytes(lock, &unknown);
    if (!lock->is_foreign && lock->download != bytes)
        pl_lock_find(findings, PL_TROUBLE_DOWNLOAD,
                     lock->places.download.source ? lock->places.download
                                                  : lock->places.tool,
                     "the sizes of its files sum to %" PRIu64
                     ", which `download` does not say",
                     bytes);
}
