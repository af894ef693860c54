#include "cli/cli.h"

#include <unistd.h>

#include "core/escape.h"
#include "core/limits.h"

/* Nobody is left to be told when standard error cannot be written. */
static void write_stderr(const struct pl_buf *buf)
{
    size_t done = 0;
    while (done < buf->len) {
        ssize_t n = write(STDERR_FILENO, buf->data + done, buf->len - done);
        if (n <= 0)
            return;
        done += (size_t)n;
    }
}

void pl_cli_note(const struct pl_cli *cli, const char *format, ...)
{
    if (cli->common.quiet)
        return;
    PL_BUF(raw, PL_MAX_MESSAGE_BYTES);
    PL_BUF(shown, PL_MAX_MESSAGE_BYTES);
    va_list args;
    va_start(args, format);
    pl_buf_addv(&raw, format, args);
    va_end(args);
    pl_escape_terminal(&shown, pl_buf_view(&raw));
    pl_buf_add_char(&shown, '\n');
    write_stderr(&shown);
}

/* GitHub shows it beside the line in a pull request. */
static void annotate(const struct pl_error *err, const char *label,
                     struct pl_buf *out)
{
    pl_buf_addf(out, "::%s", label);
    if (err->span.source) {
        struct pl_place place = pl_span_place(err->span);
        pl_buf_add_cstr(out, " file=");
        pl_escape_github_property(out, err->span.source->name);
        pl_buf_addf(out, ",line=%u,col=%u", place.line, place.column);
    }
    pl_buf_add_cstr(out, "::");
    pl_escape_github(out, err->message);
    if (err->because.len) {
        pl_escape_github(out, PL_STR("\n"));
        pl_escape_github(out, err->because);
    }
    pl_buf_add_char(out, '\n');
}

static void show_error(const struct pl_cli *cli, const struct pl_error *err,
                       const char *label)
{
    PL_BUF(shown, PL_MAX_MESSAGE_BYTES);
    const char *actions = pl_vars_get(cli->vars, PL_STR("GITHUB_ACTIONS"));
    pl_error_print(err, label, cli->err.colour, &shown);
    if (actions && !strcmp(actions, "true"))
        annotate(err, label, &shown);
    write_stderr(&shown);
}

void pl_cli_warn(const struct pl_cli *cli, const struct pl_error *warning)
{
    if (!cli->common.quiet)
        show_error(cli, warning, "warning");
}

int pl_cli_fail(const struct pl_cli *cli, const struct pl_error *err)
{
    show_error(cli, err, "error");
    return pl_error_exit_code(err->code);
}

void pl_cli_write_error(const struct pl_buf *shown)
{
    write_stderr(shown);
}

void pl_cli_print(struct pl_cli *cli, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    pl_buf_addv(&cli->text, format, args);
    va_end(args);
}

bool pl_cli_listing_args(const struct pl_cli *cli, struct pl_str *id,
                         struct pl_error *err)
{
    const struct pl_strs *args = &cli->parsed.args;
    bool show = args->len && pl_str_is(args->at[0], "show");
    if (args->len && !show && !pl_str_is(args->at[0], "list"))
        pl_error_plain(err, PL_ERR_USAGE, "`%.*s` is neither list nor show",
                       PL_STR_ARG(args->at[0]));
    else if (show && args->len < 2)
        pl_error_plain(err, PL_ERR_USAGE, "show wants an id");
    else if (!show && args->len > 1)
        pl_error_plain(err, PL_ERR_USAGE, "list takes no argument");
    else {
        *id = show ? args->at[1] : (struct pl_str){0};
        return true;
    }
    return pl_error_hint(err, "`podlock %s list` lists the ids",
                         cli->command->name);
}
