#include "lockfmt/lock_header.h"

#include "core/escape.h"
#include "core/limits.h"

static void add_command(struct pl_buf *out, struct pl_str command,
                        const char *remark)
{
    pl_buf_add_cstr(out, "#     ");
    pl_escape_comment(out, command);
    pl_buf_add_cstr(out, remark);
    pl_buf_add_char(out, '\n');
}

void pl_lock_command(const struct pl_lock *lock, struct pl_buf *out)
{
    pl_buf_add_cstr(out, lock->argument_count ? "podlock resolve" : "podlock");
    for (size_t i = 0; i < lock->argument_count; i++) {
        pl_buf_add_char(out, ' ');
        pl_escape_shell(out, lock->arguments[i]);
    }
}

void pl_lock_header(const struct pl_lock *lock, const char *title,
                    struct pl_buf *out)
{
    PL_BUF(command, PL_MAX_OUTPUT_BYTES);
    if (!lock->with_header)
        return;
    if (lock->made_by.len)
        pl_buf_add_str(&command, lock->made_by);
    else
        pl_lock_command(lock, &command);
    pl_buf_addf(out, "# %s\n# Made by:\n", title);
    add_command(out, pl_buf_view(&command), "");
    if (!lock->template_id.len)
        return;
    pl_buf_add_cstr(out, "# For the template ");
    pl_escape_comment(out, lock->template_id);
    pl_buf_add_cstr(out, ".\n");
}

static void add_pylock_lines(const struct pl_lock *lock, struct pl_str line,
                             struct pl_buf *out)
{
    add_command(out, line, "    (pip 26.1 or newer)");
    if (pl_lock_shadows_os(lock)) {
        pl_buf_add_cstr(out, "# uv cannot: a package of the distribution is "
                             "shadowed, which uv would\n"
                             "# have to uninstall first.\n");
    } else {
        pl_buf_add_cstr(out, "#     uv ");
        pl_escape_comment(out, line);
        pl_buf_add_char(out, '\n');
    }
    pl_buf_add_cstr(out, "# For an older pip: the same command with "
                         "`-o requirements.txt`.\n");
}

void pl_lock_header_install(const struct pl_lock *lock,
                            struct pl_str output_name, struct pl_buf *out)
{
    PL_ARENA(arena);
    if (!lock->with_header)
        return;
    struct pl_str line = pl_lock_install_line(&arena, lock, output_name);
    pl_buf_add_cstr(out, "# Install:\n");
    if (pl_lock_is_text(output_name))
        add_command(out, line, "");
    else
        add_pylock_lines(lock, line, out);
    if (lock->template_id.len)
        pl_buf_add_cstr(out, "# Never with `sync`: it would uninstall torch "
                             "and all else that is not listed.\n");
}
