#include "cli/show.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include "cli/options.h"
#include "core/escape.h"
#include "core/limits.h"

#define DEFAULT_WIDTH 80
#define NARROWEST 20
#define WIDEST 10000

/* ---- what the terminal is ---- */

static bool forced(const char *const *vars, struct pl_str name)
{
    const char *value = pl_vars_get(vars, name);
    return value && !pl_str_is(pl_str_from(value), "0");
}

static bool colour_by_default(bool is_terminal, const char *const *vars)
{
    if (pl_vars_get(vars, PL_STR("NO_COLOR")))
        return false;
    if (forced(vars, PL_STR("FORCE_COLOR")) ||
        forced(vars, PL_STR("CLICOLOR_FORCE")))
        return true;
    const char *term = pl_vars_get(vars, PL_STR("TERM"));
    return is_terminal && term && !pl_str_is(pl_str_from(term), "dumb");
}

static unsigned width_of(bool is_terminal, unsigned terminal_width,
                         const char *const *vars)
{
    uint64_t columns;
    struct pl_str text = pl_str_from(pl_vars_get(vars, PL_STR("COLUMNS")));
    if (pl_str_to_u64(text, &columns) && columns >= NARROWEST &&
        columns <= WIDEST)
        return (unsigned)columns;
    if (!is_terminal)
        return 0;
    return terminal_width >= NARROWEST ? terminal_width : DEFAULT_WIDTH;
}

struct pl_show pl_show_make(enum pl_when when, bool is_terminal,
                            unsigned terminal_width, const char *const *vars)
{
    return (struct pl_show){
        .colour =
            when == PL_WHEN_ALWAYS ||
            (when == PL_WHEN_AUTO && colour_by_default(is_terminal, vars)),
        .width = width_of(is_terminal, terminal_width, vars),
    };
}

struct pl_show pl_show_of(enum pl_when when, int fd, const char *const *vars)
{
    struct winsize size = {0};
    bool is_terminal = isatty(fd);
    if (is_terminal && ioctl(fd, TIOCGWINSZ, &size) != 0)
        size.ws_col = 0;
    return pl_show_make(when, is_terminal, size.ws_col, vars);
}

/* ---- text ---- */

static const char *style_code(enum pl_style style)
{
    switch (style) {
    case PL_STYLE_PLAIN:
        break;
    case PL_STYLE_BOLD:
        return "\033[1m";
    case PL_STYLE_DIM:
        return "\033[2m";
    case PL_STYLE_GREEN:
        return "\033[32m";
    case PL_STYLE_YELLOW:
        return "\033[33m";
    case PL_STYLE_RED:
        return "\033[31m";
    case PL_STYLE_CYAN:
        return "\033[36m";
    }
    return "";
}

void pl_show_text(const struct pl_show *show, enum pl_style style,
                  struct pl_str text, struct pl_buf *out)
{
    bool styled = show->colour && style != PL_STYLE_PLAIN;
    if (styled)
        pl_buf_add_cstr(out, style_code(style));
    pl_escape_terminal(out, text);
    if (styled)
        pl_buf_add_cstr(out, "\033[0m");
}

void pl_show_wrapped(const struct pl_show *show, unsigned indent,
                     struct pl_str text, struct pl_buf *out)
{
    size_t width = show->width ? show->width : SIZE_MAX, column = 0;
    struct pl_str word;
    while (pl_str_cut(&text, ' ', &word)) {
        if (column && column + 1 + word.len > width) {
            pl_buf_add_char(out, '\n');
            column = 0;
        }
        pl_buf_pad(out, ' ', column ? 1 : indent);
        column += (column ? 1 : indent) + word.len;
        pl_buf_add_str(out, word);
    }
    pl_buf_add_char(out, '\n');
}

void pl_show_item(const struct pl_show *show, struct pl_str left,
                  struct pl_str right, unsigned column, struct pl_buf *out)
{
    PL_BUF(escaped, PL_MAX_MESSAGE_BYTES);
    PL_BUF(wrapped, PL_MAX_MESSAGE_BYTES);
    pl_escape_terminal(&escaped, right);
    pl_show_wrapped(show, column, pl_buf_view(&escaped), &wrapped);
    struct pl_str text = pl_buf_view(&wrapped);
    pl_buf_add_cstr(out, "  ");
    pl_buf_add_str(out, left);
    if (left.len + 4 <= column) {
        pl_buf_pad(out, ' ', column - 2 - left.len);
        text = pl_str_sub(text, column, text.len);
    } else {
        pl_buf_add_char(out, '\n');
    }
    pl_buf_add_str(out, text);
}

struct pl_str pl_show_bytes(struct pl_arena *arena, uint64_t bytes)
{
    static const char *const units[] = {"kB", "MB", "GB", "TB", "PB", "EB"};
    if (bytes < 1000)
        return pl_arena_printf(arena, "%u B", (unsigned)bytes);
    size_t unit = 0;
    uint64_t scale = 1000;
    /* 999.95 kB would be shown as 1000.0 kB: that is 1.0 MB. */
    while (unit + 1 < PL_COUNT(units) && bytes >= scale * 1000 - scale / 20) {
        scale *= 1000;
        unit++;
    }
    uint64_t tenths =
        bytes / scale * 10 + (bytes % scale + scale / 20) / (scale / 10);
    return pl_arena_printf(arena, "%u.%u %s", (unsigned)(tenths / 10),
                           (unsigned)(tenths % 10), units[unit]);
}

struct pl_str pl_show_duration(struct pl_arena *arena, uint64_t ns)
{
    uint64_t us = ns / 1000, ms = us / 1000, s = ms / 1000;
    if (ms < 10)
        return pl_arena_printf(arena, "%u.%u ms", (unsigned)ms,
                               (unsigned)(us % 1000 / 100));
    if (s < 1)
        return pl_arena_printf(arena, "%u ms", (unsigned)ms);
    if (s < 60)
        return pl_arena_printf(arena, "%u.%u s", (unsigned)s,
                               (unsigned)(ms % 1000 / 100));
    return pl_arena_printf(arena, "%llu min %02u s",
                           (unsigned long long)(s / 60), (unsigned)(s % 60));
}

struct pl_str pl_show_count(struct pl_arena *arena, uint64_t n, const char *one,
                            const char *many)
{
    return pl_arena_printf(arena, "%llu %s", (unsigned long long)n,
                           n == 1 ? one : many);
}
