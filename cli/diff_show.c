#include "cli/diff_show.h"

#include "core/limits.h"

#define WIDEST_NAME 26
#define REASON_INDENT 2
/* A long list says little: the first ones of the groups that matter least. */
#define MOST_ROWS 12

struct writer {
    const struct pl_diff_view *view;
    const struct pl_show *show;
    struct pl_buf *out;
    unsigned column; /* where versions begin */
};

/* ---- lines ---- */

/* Foreign text from the column on, broken there, each line styled. */
static void put(struct writer *w, unsigned column, bool goes_on,
                enum pl_style style, struct pl_str text)
{
    PL_BUF(item, PL_MAX_MESSAGE_BYTES);
    pl_show_item(w->show, PL_STR(""), text, column, &item);
    struct pl_str rest = pl_buf_view(&item), line;
    while (rest.len && pl_str_cut(&rest, '\n', &line)) {
        pl_buf_pad(w->out, ' ', goes_on ? 0 : column);
        pl_show_text(w->show, style, pl_str_trim(line), w->out);
        pl_buf_add_char(w->out, '\n');
        goes_on = false;
    }
}

static void add_name(struct writer *w, enum pl_style style, struct pl_str name)
{
    pl_buf_add_cstr(w->out, "  ");
    pl_show_text(w->show, style, name, w->out);
    if (name.len + 4 > w->column) {
        pl_buf_add_char(w->out, '\n');
        pl_buf_pad(w->out, ' ', w->column);
    } else {
        pl_buf_pad(w->out, ' ', w->column - 2 - name.len);
    }
}

/* ---- changes ---- */

static enum pl_style style_of(const struct pl_diff_change *change)
{
    switch (change->kind) {
    case PL_DIFF_REBUILT:
        return pl_diff_is_alarm(change) ? PL_STYLE_RED : PL_STYLE_YELLOW;
    case PL_DIFF_ADDED:
    case PL_DIFF_INSTALLED:
        return PL_STYLE_GREEN;
    case PL_DIFF_REMOVED:
    case PL_DIFF_DOWNGRADED:
    case PL_DIFF_RELOCATED:
        return PL_STYLE_YELLOW;
    case PL_DIFF_UPGRADED:
    case PL_DIFF_KEPT:
    case PL_DIFF_CHANGED:
        break;
    }
    return PL_STYLE_BOLD;
}

static void show_change(struct writer *w, const struct pl_diff_change *change)
{
    struct pl_arena *arena = w->view->arena;
    struct pl_str versions = pl_diff_versions(arena, change);
    struct pl_str delta = pl_diff_delta(arena, change, w->view->all);
    struct pl_strs sentences = pl_diff_sentences(arena, change, w->view->all);
    bool alarm = pl_diff_is_alarm(change);
    if (delta.len)
        versions = pl_arena_printf(arena, "%.*s  %.*s", PL_STR_ARG(versions),
                                   PL_STR_ARG(delta));
    /* what changed of a lock's key is told by its values */
    if (!versions.len && sentences.len) {
        versions = sentences.at[0];
        sentences.at++;
        sentences.len--;
    }
    add_name(w, style_of(change), change->name);
    put(w, w->column, true, alarm ? PL_STYLE_RED : PL_STYLE_PLAIN, versions);
    for (size_t i = 0; i < sentences.len; i++)
        put(w, w->column + REASON_INDENT, false, PL_STYLE_DIM, sentences.at[i]);
}

static bool is_shown(const struct writer *w,
                     const struct pl_diff_change *change, size_t n)
{
    return w->view->all || (!pl_diff_is_quiet(change) &&
                            (n < MOST_ROWS || pl_diff_is_alarm(change) ||
                             (change->group < PL_DIFF_PATCH &&
                              change->group != PL_DIFF_FILES)));
}

static unsigned name_column(const struct writer *w, enum pl_diff_group group)
{
    const struct pl_diff *diff = w->view->diff;
    size_t widest = 8, n = 0;
    for (size_t i = 0; i < diff->count; i++) {
        const struct pl_diff_change *change = &diff->changes[i];
        size_t len = change->name.len;
        if (change->group != group || !is_shown(w, change, n))
            continue;
        n++;
        if (len > widest && len <= WIDEST_NAME)
            widest = len;
    }
    return (unsigned)widest + 4;
}

static void show_group(struct writer *w, enum pl_diff_group group)
{
    const struct pl_diff *diff = w->view->diff;
    size_t shown = 0, folded = 0;
    w->column = name_column(w, group);
    for (size_t i = 0; i < diff->count; i++) {
        const struct pl_diff_change *change = &diff->changes[i];
        if (change->group != group)
            continue;
        if (!is_shown(w, change, shown)) {
            folded += !pl_diff_is_quiet(change);
            continue;
        }
        if (!shown++) {
            pl_buf_add_char(w->out, '\n');
            pl_show_text(w->show, PL_STYLE_BOLD,
                         pl_str_from(pl_diff_group_title(group)), w->out);
            pl_buf_add_char(w->out, '\n');
        }
        show_change(w, change);
    }
    if (folded)
        put(w, 4, false, PL_STYLE_DIM,
            pl_arena_printf(w->view->arena, "and %zu more (-v shows them)",
                            folded));
}

/* ---- the whole ---- */

static void show_common(struct writer *w)
{
    struct pl_strs reasons = pl_diff_common_reasons(w->view);
    for (size_t i = 0; i < reasons.len; i++)
        put(w, 4, false, PL_STYLE_DIM,
            pl_arena_printf(w->view->arena, "%s%.*s",
                            i ? "and " : "unless another reason is given: ",
                            PL_STR_ARG(reasons.at[i])));
}

static void show_end(struct writer *w)
{
    const struct pl_diff_view *view = w->view;
    size_t quiet = pl_diff_count_quiet(view->diff);
    pl_buf_add_char(w->out, '\n');
    if (quiet && !view->all)
        put(w, 4, false, PL_STYLE_DIM,
            pl_arena_printf(view->arena,
                            "%zu more only in who asks for what, or in a sum "
                            "(-v shows them)",
                            quiet));
    pl_show_text(w->show, PL_STYLE_BOLD, pl_diff_totals(view), w->out);
    pl_buf_add_char(w->out, '\n');
}

void pl_diff_show(const struct pl_diff_view *view, const struct pl_show *show,
                  struct pl_buf *out)
{
    struct writer w = {.view = view, .show = show, .out = out};
    bool alarm;
    struct pl_str verdict = pl_diff_verdict(view, &alarm);
    put(&w, 4, true, alarm ? PL_STYLE_RED : PL_STYLE_BOLD, verdict);
    if (!view->diff->count)
        return;
    show_common(&w);
    for (unsigned group = 0; group < PL_DIFF_GROUPS; group++)
        show_group(&w, (enum pl_diff_group)group);
    show_end(&w);
}
