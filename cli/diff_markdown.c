#include "cli/diff_show.h"
#include "core/escape.h"

/* A comment of a pull request may have 65,536 characters. */
#define MOST_BYTES 60000

struct writer {
    const struct pl_diff_view *view;
    struct pl_buf *out;
    size_t left_out; /* changes, for want of room */
};

/* <code>: neither mentions nor links are looked for in it. */
static void add_code(struct pl_buf *out, struct pl_str text)
{
    if (!text.len)
        return;
    pl_buf_add_cstr(out, "<code>");
    pl_escape_markdown(out, text);
    pl_buf_add_cstr(out, "</code>");
}

static const char *mark_of(const struct pl_diff_change *change)
{
    return pl_diff_is_alarm(change) ? "⚠️ " : "";
}

static void add_row(struct writer *w, const struct pl_diff_change *change)
{
    struct pl_arena *arena = w->view->arena;
    struct pl_strs sentences = pl_diff_sentences(arena, change, w->view->all);
    pl_buf_addf(w->out, "| %s", mark_of(change));
    add_code(w->out, change->name);
    pl_buf_add_cstr(w->out, " | ");
    add_code(w->out, pl_diff_versions(arena, change));
    pl_buf_add_cstr(w->out, " | ");
    pl_escape_markdown(w->out, pl_diff_delta(arena, change, w->view->all));
    pl_buf_add_cstr(w->out, " | ");
    for (size_t i = 0; i < sentences.len; i++) {
        pl_buf_add_cstr(w->out, i ? "<br>" : "");
        pl_escape_markdown(w->out, sentences.at[i]);
    }
    pl_buf_add_cstr(w->out, " |\n");
}

static bool is_shown(const struct writer *w,
                     const struct pl_diff_change *change)
{
    return w->view->all || !pl_diff_is_quiet(change);
}

static size_t count_shown(const struct writer *w, enum pl_diff_group group)
{
    size_t count = 0;
    for (size_t i = 0; i < w->view->diff->count; i++) {
        const struct pl_diff_change *change = &w->view->diff->changes[i];
        count += change->group == group && is_shown(w, change);
    }
    return count;
}

static void add_group(struct writer *w, enum pl_diff_group group)
{
    const struct pl_diff *diff = w->view->diff;
    size_t count = count_shown(w, group);
    if (!count)
        return;
    pl_buf_addf(w->out,
                "\n<details%s>\n<summary><b>%s</b> (%zu)</summary>\n\n"
                "| | version | download | why |\n|---|---|--:|---|\n",
                pl_diff_group_matters(group) ? " open" : "",
                pl_diff_group_title(group), count);
    for (size_t i = 0; i < diff->count; i++) {
        const struct pl_diff_change *change = &diff->changes[i];
        if (change->group != group || !is_shown(w, change))
            continue;
        size_t before = w->out->len;
        if (w->left_out == 0)
            add_row(w, change);
        if (w->view->all || (w->left_out == 0 && w->out->len <= MOST_BYTES))
            continue;
        /* the row that has no room any more is taken back */
        w->out->len = before;
        w->left_out++;
    }
    pl_buf_add_cstr(w->out, "\n</details>\n");
}

static void add_head(struct writer *w)
{
    bool alarm;
    struct pl_str verdict = pl_diff_verdict(w->view, &alarm);
    pl_buf_add_cstr(w->out, "**podlock:** ");
    pl_escape_markdown(w->out, verdict);
    pl_buf_add_cstr(w->out, "\n");
    if (alarm)
        pl_buf_add_cstr(w->out,
                        "\n> [!CAUTION]\n> A package has other files at the "
                        "same version. That may be an attack: see below.\n");
}

static void add_common(struct writer *w)
{
    struct pl_strs reasons = pl_diff_common_reasons(w->view);
    for (size_t i = 0; i < reasons.len; i++) {
        pl_buf_add_cstr(w->out, i ? "<br>and "
                                  : "\nUnless another reason is "
                                    "given: ");
        pl_escape_markdown(w->out, reasons.at[i]);
    }
    pl_buf_add_cstr(w->out, reasons.len ? "\n" : "");
}

static void add_end(struct writer *w)
{
    size_t quiet = pl_diff_count_quiet(w->view->diff);
    if (w->left_out)
        pl_buf_addf(w->out,
                    "\n%zu more changes have no room here; `podlock diff` "
                    "shows them.\n",
                    w->left_out);
    pl_buf_add_cstr(w->out, "\n");
    add_code(w->out, w->view->old->label);
    pl_buf_add_cstr(w->out, " → ");
    add_code(w->out, w->view->new->label);
    pl_buf_add_cstr(w->out, ": ");
    pl_escape_markdown(w->out, pl_diff_totals(w->view));
    if (quiet && !w->view->all)
        pl_buf_addf(w->out, "; %zu more only in who asks for what, or in a sum",
                    quiet);
    pl_buf_add_cstr(w->out, "\n");
}

void pl_diff_markdown(const struct pl_diff_view *view, struct pl_buf *out)
{
    struct writer w = {.view = view, .out = out};
    add_head(&w);
    if (!view->diff->count)
        return;
    add_common(&w);
    for (unsigned group = 0; group < PL_DIFF_GROUPS; group++)
        add_group(&w, (enum pl_diff_group)group);
    add_end(&w);
}
