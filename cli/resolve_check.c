#include "cli/resolve_check.h"

#include "cli/lock_changes.h"
#include "core/escape.h"
#include "core/file.h"
#include "core/limits.h"
#include "lockfmt/lock_header.h"
#include "lockfmt/lock_read.h"

/* Packages that are named, without -v. */
#define MAX_TOLD 5

/* What would be another, in words, where both are locks. */
static void tell_changes(struct pl_cli *cli, const struct pl_answer *answer,
                         const struct pl_resolve_options *options,
                         struct pl_error *err)
{
    struct pl_lock old;
    if (!pl_lock_load(cli->arena, options->output_file, &old, NULL, NULL))
        return;
    size_t max = cli->common.verbose ? SIZE_MAX : MAX_TOLD;
    struct pl_str text =
        pl_lock_changes(cli->arena, &old, answer->lock, max, &err->span);
    pl_error_because(err, "%.*s", PL_STR_ARG(text));
}

/* What a lock is made with, and what this run does beside it. */
static void add_command(const struct pl_answer *answer,
                        const struct pl_resolve_options *options,
                        struct pl_buf *out)
{
    pl_lock_command(answer->lock, out);
    if (options->upgrade)
        pl_buf_add_cstr(out, " --upgrade");
    for (size_t i = 0; i < options->upgrade_packages.len; i++) {
        pl_buf_add_cstr(out, " --upgrade-package ");
        pl_escape_shell(out, options->upgrade_packages.at[i]);
    }
    pl_buf_add_cstr(out, " -o ");
    pl_escape_shell(out, options->output_file);
}

bool pl_resolve_check(struct pl_cli *cli, const struct pl_answer *answer,
                      const struct pl_resolve_options *options,
                      struct pl_str contents, struct pl_error *err)
{
    struct pl_str name = options->output_file;
    PL_BUF(command, PL_MAX_OUTPUT_BYTES);
    if (pl_file_holds(name, contents)) {
        pl_show_text(&cli->out, PL_STYLE_BOLD, name, &cli->text);
        pl_cli_print(cli, " is what resolving gives\n");
        return true;
    }
    pl_error_plain(err, PL_ERR_NO, "`%.*s` %s", PL_STR_ARG(name),
                   pl_file_exists(name) ? "is not what resolving gives"
                                        : "is not there");
    tell_changes(cli, answer, options, err);
    add_command(answer, options, &command);
    return pl_error_hint(err, "%.*s", PL_STR_ARG(pl_buf_view(&command)));
}
