#include "cli/why_show.h"

#include "core/escape.h"
#include "core/limits.h"
#include "resolver/why_text.h"

#define LABEL_COLUMN 14

/* Who else asks: more would be a listing. */
#define MAX_ASKERS 8
#define MAX_NAMES 12

struct shower {
    struct pl_cli *cli;
    const struct pl_why_answer *answer;
    const struct pl_why *why;
    const char *label; /* of the next item; then "" */
};

/* What has a label of its own, and lines below it without. */
static void item(struct shower *s, struct pl_str text)
{
    struct pl_str label = pl_arena_printf(s->cli->arena, "%s", s->label);
    pl_show_item(&s->cli->out, label, text, LABEL_COLUMN, &s->cli->text);
    s->label = "";
}

static struct pl_str with_size(const struct shower *s, uint64_t bytes,
                               size_t unknown)
{
    struct pl_arena *arena = s->cli->arena;
    struct pl_str size = pl_show_bytes(arena, bytes);
    return unknown ? pl_arena_printf(arena, "%.*s and %zu of unknown size",
                                     PL_STR_ARG(size), unknown)
                   : size;
}

/* ---- the head ---- */

static struct pl_str head_rest(const struct shower *s)
{
    struct pl_arena *arena = s->cli->arena;
    const struct pl_why *why = s->why;
    struct pl_str id = s->answer->setup->template.id, version;
    switch (why->state) {
    case PL_WHY_ADDED:
        return PL_STR(" is added");
    case PL_WHY_REPLACED:
        version = pl_version_text(arena, &why->fact->version);
        return pl_arena_printf(arena, " replaces %.*s of %.*s",
                               PL_STR_ARG(version), PL_STR_ARG(id));
    case PL_WHY_KEPT:
        return pl_arena_printf(arena, " is kept from %.*s%s", PL_STR_ARG(id),
                               why->fact->protect == PL_PROTECT_LOCKED
                                   ? ", which protects it"
                                   : "");
    case PL_WHY_ABSENT:
        break;
    }
    return PL_STR(" is not in the answer");
}

static void show_head(const struct shower *s)
{
    struct pl_cli *cli = s->cli;
    struct pl_str title = s->why->name;
    if (s->why->version) {
        struct pl_str version = pl_version_text(cli->arena, s->why->version);
        title = pl_arena_printf(cli->arena, "%.*s %.*s", PL_STR_ARG(title),
                                PL_STR_ARG(version));
    }
    pl_show_text(&cli->out, PL_STYLE_BOLD, title, &cli->text);
    pl_show_text(&cli->out, PL_STYLE_PLAIN, head_rest(s), &cli->text);
    pl_cli_print(cli, "\n");
}

/* ---- who asked ---- */

/* The way names the first of them: the line, or the package before the last. */
static bool is_on_way(const struct pl_why *why,
                      const struct pl_why_asker *asker)
{
    if (!why->line)
        return false;
    if (why->link_count == 1)
        return asker->asked == why->line;
    return asker->project &&
           asker->project == why->links[why->link_count - 2].project;
}

static void show_askers(struct shower *s)
{
    const struct pl_why *why = s->why;
    size_t shown = 0, left = 0;
    PL_BUF(text, PL_MAX_MESSAGE_BYTES);
    for (size_t i = 0; i < why->asker_count; i++) {
        if (is_on_way(why, &why->askers[i]))
            continue;
        if (shown == MAX_ASKERS) {
            left++;
            continue;
        }
        pl_buf_add_cstr(&text, shown++ ? ", " : "also by ");
        pl_asker_print(&why->askers[i], &text);
    }
    if (left)
        pl_buf_addf(&text, " and %zu more", left);
    if (shown)
        item(s, pl_buf_view(&text));
}

static void show_way(struct shower *s)
{
    PL_BUF(text, PL_MAX_MESSAGE_BYTES);
    s->label = "asked for";
    if (!s->why->asker_count) {
        item(s, PL_STR("by nothing in the answer"));
        return;
    }
    pl_why_print_way(s->why, &text);
    item(s, pl_buf_view(&text));
    show_askers(s);
}

/* ---- what it costs ---- */

static void show_cost(struct shower *s)
{
    const struct pl_why *why = s->why;
    const struct pl_file *file = why->file;
    struct pl_arena *arena = s->cli->arena;
    struct pl_str size = file->details->has_size
                             ? pl_show_bytes(arena, file->details->size)
                             : PL_STR("unknown size");
    s->label = "costs";
    item(s,
         pl_arena_printf(arena, "%.*s: %.*s%s", PL_STR_ARG(size),
                         PL_STR_ARG(file->details->name),
                         file->kind == PL_FILE_SDIST ? ", to be built" : ""));
    if (!why->only_count)
        return;
    PL_BUF(text, PL_MAX_MESSAGE_BYTES);
    size = with_size(s, why->only_bytes, why->only_unknown);
    pl_buf_addf(&text, "%.*s with what only it needs:", PL_STR_ARG(size));
    for (size_t i = 0; i < why->only_count && i < MAX_NAMES; i++)
        pl_buf_addf(&text, "%s %.*s", i ? "," : "",
                    PL_STR_ARG(why->only[i]->name));
    if (why->only_count > MAX_NAMES)
        pl_buf_addf(&text, " and %zu more", why->only_count - MAX_NAMES);
    item(s, pl_buf_view(&text));
}

/* ---- why not another version ---- */

static void show_bar(struct shower *s, const struct pl_bar *bar)
{
    PL_BUF(text, PL_MAX_MESSAGE_BYTES);
    pl_bar_print_versions(bar, &text);
    pl_buf_add_cstr(&text, ": ");
    pl_bar_print(&s->answer->setup->problem, bar, &text);
    size_t before = text.len;
    pl_buf_add_cstr(&text, "; ");
    pl_bar_print_verdict(bar, &text);
    if (text.len == before + 2)
        text.len = before;
    if (bar->line_count)
        pl_buf_add_cstr(&text, ", because");
    item(s, pl_buf_view(&text));
    for (size_t i = 0; i < bar->line_count; i++)
        pl_show_item(&s->cli->out, (struct pl_str){0}, bar->lines[i].text,
                     LABEL_COLUMN + 2 + 2 * bar->lines[i].depth, &s->cli->text);
}

static void show_bars(struct shower *s)
{
    const struct pl_why *why = s->why;
    s->label = why->is_lowest ? "not older" : "not newer";
    if (!why->page_known)
        item(s, PL_STR("what the index has could not be read"));
    else if (!why->bar_count)
        item(s, why->is_lowest ? PL_STR("the index has no older version")
                               : PL_STR("the index has no newer version"));
    for (size_t i = 0; i < why->bar_count; i++)
        show_bar(s, &why->bars[i]);
}

/* ---- why it is not there ---- */

static void show_absences(struct shower *s)
{
    const struct pl_why *why = s->why;
    s->label = "because";
    for (size_t i = 0; i < why->absence_count; i++) {
        PL_BUF(text, PL_MAX_MESSAGE_BYTES);
        pl_absence_print(&why->absences[i], &text);
        item(s, pl_buf_view(&text));
    }
    if (!why->absence_count)
        item(s, PL_STR("nobody needs it"));
    if (s->answer->nearest.len)
        item(s, pl_arena_printf(s->cli->arena, "did you mean %.*s?",
                                PL_STR_ARG(s->answer->nearest)));
}

void pl_why_show(struct pl_cli *cli, const struct pl_why_answer *answer)
{
    struct shower s = {.cli = cli, .answer = answer, .why = answer->why};
    show_head(&s);
    if (s.why->state == PL_WHY_ABSENT) {
        show_absences(&s);
        return;
    }
    if (s.why->state == PL_WHY_REPLACED) {
        s.label = "because";
        item(&s, s.why->because);
    }
    show_way(&s);
    if (s.why->file)
        show_cost(&s);
    show_bars(&s);
}
