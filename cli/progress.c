#include "cli/progress.h"

#include <unistd.h>

#include "core/clock.h"
#include "core/escape.h"
#include "core/limits.h"

#define APPEARS_NS 200000000u
#define REDRAWN_NS 100000000u
#define CLEAR "\r\033[K"

static bool is_set(const char *const *vars, struct pl_str name)
{
    struct pl_str value = pl_str_from(pl_vars_get(vars, name));
    return value.len && !pl_str_is(value, "0") && !pl_str_is(value, "false");
}

bool pl_progress_is_wanted(const struct pl_common *common, bool is_terminal,
                           const char *const *vars)
{
    struct pl_str term = pl_str_from(pl_vars_get(vars, PL_STR("TERM")));
    return is_terminal && term.len && !pl_str_is(term, "dumb") &&
           !is_set(vars, PL_STR("CI")) && !common->quiet && !common->verbose &&
           !common->trace.len;
}

void pl_progress_begin(struct pl_progress_line *line, const struct pl_cli *cli,
                       bool no_progress)
{
    *line = (struct pl_progress_line){.begun_ns = pl_clock_ns()};
    if (!no_progress &&
        pl_progress_is_wanted(&cli->common, isatty(STDERR_FILENO), cli->vars))
        line->width = cli->err.width;
}

/* Cuts what is plain text in UTF-8 behind `width` characters. */
static struct pl_str cut(struct pl_str text, unsigned width)
{
    unsigned columns = 0;
    for (size_t i = 0; i < text.len; i++) {
        columns += ((unsigned char)text.at[i] & 0xc0) != 0x80;
        if (columns > width)
            return pl_str_sub(text, 0, i);
    }
    return text;
}

void pl_progress_print(const struct pl_progress *progress, unsigned width,
                       struct pl_buf *out)
{
    PL_ARENA(arena);
    PL_BUF(text, PL_MAX_MESSAGE_BYTES);
    struct pl_str bytes = pl_show_bytes(&arena, progress->bytes);
    if (progress->waiting)
        pl_buf_add_cstr(&text,
                        "Waiting for another podlock that asks the same");
    else
        pl_buf_addf(&text, "Reading %llu of %llu pages and metadata (%.*s) ",
                    (unsigned long long)progress->answered,
                    (unsigned long long)progress->asked, PL_STR_ARG(bytes));
    if (!progress->waiting)
        pl_escape_terminal(&text, progress->now);
    pl_buf_add_str(out, cut(pl_str_trim(pl_buf_view(&text)), width));
}

/* Is it time to draw, so that eyes can follow? */
static bool is_due(const struct pl_progress_line *line, uint64_t now)
{
    uint64_t since = line->is_drawn ? line->drawn_ns : line->begun_ns;
    return line->width &&
           now - since >= (line->is_drawn ? REDRAWN_NS : APPEARS_NS);
}

static void draw(struct pl_progress_line *line, struct pl_str text,
                 uint64_t now)
{
    PL_BUF(shown, PL_MAX_MESSAGE_BYTES);
    pl_buf_add_cstr(&shown, CLEAR);
    pl_buf_add_str(&shown, text);
    (void)!write(STDERR_FILENO, shown.data, shown.len);
    line->is_drawn = true;
    line->drawn_ns = now;
}

void pl_progress_report(void *user, const struct pl_progress *progress)
{
    struct pl_progress_line *line = user;
    uint64_t now = line->width ? pl_clock_ns() : 0;
    if (!is_due(line, now))
        return;
    PL_BUF(text, PL_MAX_MESSAGE_BYTES);
    /* The last column stays free: some terminals begin a new line there. */
    pl_progress_print(progress, line->width - 1, &text);
    draw(line, pl_buf_view(&text), now);
}

void pl_progress_say(struct pl_progress_line *line, struct pl_str text)
{
    uint64_t now = line->width ? pl_clock_ns() : 0;
    if (!is_due(line, now))
        return;
    PL_BUF(shown, PL_MAX_MESSAGE_BYTES);
    pl_escape_terminal(&shown, text);
    draw(line, cut(pl_buf_view(&shown), line->width - 1), now);
}

void pl_progress_end(struct pl_progress_line *line)
{
    if (line->is_drawn)
        (void)!write(STDERR_FILENO, CLEAR, sizeof(CLEAR) - 1);
    line->is_drawn = false;
}
