#include "cli/diff_words.h"

#include "core/limits.h"
#include "core/map.h"
#include "core/vec.h"
#include "lockfmt/lock_diff_text.h"

#define MOST_SENTENCES 3   /* of one kind */
#define LEAST_DELTA 100000 /* bytes */

static struct pl_str keep(struct pl_arena *arena, const struct pl_buf *text)
{
    return pl_arena_dup(arena, pl_buf_view(text));
}

static void add_signed(struct pl_arena *arena, int64_t bytes,
                       struct pl_buf *out)
{
    uint64_t size = bytes < 0 ? 0 - (uint64_t)bytes : (uint64_t)bytes;
    pl_buf_add_char(out, bytes < 0 ? '-' : '+');
    pl_buf_add_str(out, pl_show_bytes(arena, size));
}

/* ---- the first line ---- */

struct counted {
    enum pl_diff_kind kind;
    const char *text;
};

static const struct counted counted[] = {
    {PL_DIFF_UPGRADED, "upgraded"},
    {PL_DIFF_DOWNGRADED, "downgraded"},
    {PL_DIFF_ADDED, "added"},
    {PL_DIFF_REMOVED, "removed"},
    {PL_DIFF_INSTALLED, "installed over the template's"},
    {PL_DIFF_KEPT, "left to the template"},
    {PL_DIFF_RELOCATED, "from another place"},
};

bool pl_diff_is_alarm(const struct pl_diff_change *change)
{
    bool has_files = false;
    if (change->kind != PL_DIFF_REBUILT)
        return false;
    for (size_t i = 0; i < change->file_count; i++) {
        const struct pl_diff_file *file = &change->files[i];
        has_files = true;
        if (file->from && file->to && (file->differs & PL_DIFF_FILE_HASH) &&
            pl_str_eq(file->from->name, file->to->name))
            return true;
    }
    return !has_files;
}

static size_t count_alarms(const struct pl_diff *diff)
{
    size_t count = 0;
    for (size_t i = 0; i < diff->count; i++)
        count += pl_diff_is_alarm(&diff->changes[i]);
    return count;
}

static bool is_relation(enum pl_diff_field field)
{
    return field == PL_DIFF_VIA || field == PL_DIFF_DEPENDENCY ||
           field == PL_DIFF_RULE || field == PL_DIFF_PROVIDED;
}

bool pl_diff_is_quiet(const struct pl_diff_change *change)
{
    bool quiet = change->kind == PL_DIFF_CHANGED &&
                 change->subject == PL_DIFF_OF_PACKAGE &&
                 change->group == PL_DIFF_OTHER && !change->file_count &&
                 !change->rule_count;
    for (size_t i = 0; quiet && i < change->value_count; i++)
        quiet = is_relation(change->values[i].field);
    return quiet || change->is_quiet;
}

size_t pl_diff_count_quiet(const struct pl_diff *diff)
{
    size_t count = 0;
    for (size_t i = 0; i < diff->count; i++)
        count += pl_diff_is_quiet(&diff->changes[i]);
    return count;
}

static size_t count_loud(const struct pl_diff *diff)
{
    return diff->count - pl_diff_count_quiet(diff);
}

static void add_counts(const struct pl_diff *diff, struct pl_buf *out)
{
    size_t alarms = count_alarms(diff), told = alarms;
    size_t refiled = diff->by_kind[PL_DIFF_REBUILT] - alarms;
    if (alarms)
        pl_buf_addf(out, "%zu with OTHER CONTENTS at the same version", alarms);
    for (size_t i = 0; i < PL_COUNT(counted); i++) {
        size_t n = diff->by_kind[counted[i].kind];
        if (n)
            pl_buf_addf(out, "%s%zu %s", told ? ", " : "", n, counted[i].text);
        told += n;
    }
    if (refiled)
        pl_buf_addf(out, "%s%zu with another file", told ? ", " : "", refiled);
    told += refiled;
    size_t others = count_loud(diff) > told ? count_loud(diff) - told : 0;
    if (others)
        pl_buf_addf(out, "%s%zu other change%s", told ? ", " : "", others,
                    others == 1 ? "" : "s");
    if (!told && !others)
        pl_buf_add_cstr(out, "nothing that is installed changes");
}

static void add_torch(const struct pl_diff *diff, struct pl_buf *out)
{
    struct pl_str from = diff->torch_from, to = diff->torch_to;
    if (from.len && to.len && !pl_str_eq(from, to))
        pl_buf_addf(out, "torch changes: %.*s -> %.*s; ", PL_STR_ARG(from),
                    PL_STR_ARG(to));
    else if (from.len && to.len)
        pl_buf_addf(out, "torch stays %.*s: ", PL_STR_ARG(to));
    else if (to.len)
        pl_buf_addf(out, "torch is new: %.*s; ", PL_STR_ARG(to));
    else if (from.len)
        pl_buf_addf(out, "torch goes: %.*s; ", PL_STR_ARG(from));
}

static bool is_known(const struct pl_diff *diff)
{
    return !diff->before.unknown && !diff->after.unknown;
}

static int64_t bytes_more(const struct pl_diff *diff)
{
    return (int64_t)(diff->after.bytes - diff->before.bytes);
}

struct pl_str pl_diff_verdict(const struct pl_diff_view *view, bool *alarm)
{
    PL_BUF(text, PL_MAX_MESSAGE_BYTES);
    const struct pl_diff *diff = view->diff;
    *alarm = count_alarms(diff) > 0;
    if (!diff->count) {
        pl_buf_addf(&text, "no changes: %zu package%s", diff->after.packages,
                    diff->after.packages == 1 ? "" : "s");
        return keep(view->arena, &text);
    }
    add_torch(diff, &text);
    add_counts(diff, &text);
    if (is_known(diff) && bytes_more(diff)) {
        pl_buf_add_cstr(&text, ", ");
        add_signed(view->arena, bytes_more(diff), &text);
    }
    return keep(view->arena, &text);
}

/* ---- groups ---- */

const char *pl_diff_group_title(enum pl_diff_group group)
{
    static const char *const titles[PL_DIFF_GROUPS] = {
        [PL_DIFF_TORCH] = "torch, CUDA and the image",
        [PL_DIFF_FILES] = "Other files at the same version",
        [PL_DIFF_REPLACED] = "Replaced packages of the template",
        [PL_DIFF_ABI] = "ABI rules begin or cease to apply",
        [PL_DIFF_MAJOR] = "Major versions",
        [PL_DIFF_MINOR] = "Minor versions",
        [PL_DIFF_PATCH] = "Patches",
        [PL_DIFF_NEW] = "Added",
        [PL_DIFF_GONE] = "Removed",
        [PL_DIFF_OTHER] = "Other changes",
    };
    return titles[group];
}

bool pl_diff_group_matters(enum pl_diff_group group)
{
    return group <= PL_DIFF_ABI;
}

/* ---- a change ---- */

static const char *remark_of(const struct pl_diff_change *change)
{
    switch (change->kind) {
    case PL_DIFF_INSTALLED:
        return "the template's, now installed from the lock";
    case PL_DIFF_KEPT:
        return "now the template's";
    case PL_DIFF_REBUILT:
        return pl_diff_is_alarm(change) ? "OTHER CONTENTS" : "another file";
    case PL_DIFF_RELOCATED:
        return "the same files from another place";
    case PL_DIFF_DOWNGRADED:
        return "downgraded";
    case PL_DIFF_ADDED:
        return change->group == PL_DIFF_NEW ? NULL : "added";
    case PL_DIFF_REMOVED:
        return change->group == PL_DIFF_GONE ? NULL : "removed";
    case PL_DIFF_CHANGED:
        if (change->subject != PL_DIFF_OF_PACKAGE ||
            !change->from.len == !change->to.len)
            break;
        return change->to.len ? "now in the template"
                              : "no longer in the template";
    case PL_DIFF_UPGRADED:
        break;
    }
    return NULL;
}

/* A commit or folder may come without a version. */
static struct pl_str version_or_place(struct pl_arena *arena,
                                      struct pl_str version,
                                      const struct pl_diff_state *state)
{
    const struct pl_lock_package *p = state->package;
    if (version.len || !p || p->source == PL_LOCK_FILES)
        return version;
    struct pl_str place = p->source == PL_LOCK_ARCHIVE
                              ? p->file.url.len ? p->file.url : p->file.path
                          : p->tree.url.len ? p->tree.url
                                            : p->tree.path;
    return pl_arena_printf(arena, "%.*s%s%.*s", PL_STR_ARG(place),
                           p->tree.commit_id.len ? " " : "",
                           PL_STR_ARG(p->tree.commit_id));
}

/* A digest says nothing to people. */
static bool has_words(const struct pl_diff_change *change)
{
    return change->subject != PL_DIFF_OF_LOCK || change->value_count != 1 ||
           change->values[0].field != PL_DIFF_INPUT;
}

struct pl_str pl_diff_versions(struct pl_arena *arena,
                               const struct pl_diff_change *change)
{
    PL_BUF(text, PL_MAX_MESSAGE_BYTES);
    struct pl_str from = version_or_place(arena, change->from, &change->before);
    struct pl_str to = version_or_place(arena, change->to, &change->after);
    if (!has_words(change))
        return (struct pl_str){0};
    const char *remark = remark_of(change);
    if (from.len && to.len && !pl_str_eq(from, to))
        pl_buf_addf(&text, "%.*s -> %.*s", PL_STR_ARG(from), PL_STR_ARG(to));
    else
        pl_buf_add_str(&text, to.len ? to : from);
    if (remark)
        pl_buf_addf(&text, "%s%s", text.len ? ", " : "", remark);
    return keep(arena, &text);
}

struct pl_str pl_diff_delta(struct pl_arena *arena,
                            const struct pl_diff_change *change, bool all)
{
    PL_BUF(text, PL_MAX_MESSAGE_BYTES);
    int64_t least = all ? 1 : LEAST_DELTA;
    if (!change->has_bytes || (change->bytes < least && change->bytes > -least))
        return (struct pl_str){0};
    add_signed(arena, change->bytes, &text);
    return keep(arena, &text);
}

/* ---- sentences ---- */

struct sentences {
    struct pl_arena *arena;
    struct pl_strs list;
    bool all;
};

static void add_sentence(struct sentences *s, struct pl_str text)
{
    pl_vec_push(s->arena, &s->list, text);
}

static void add_rest(struct sentences *s, size_t count, const char *what)
{
    if (!s->all && count > MOST_SENTENCES)
        add_sentence(s, pl_arena_printf(s->arena, "and %zu more %s",
                                        count - MOST_SENTENCES, what));
}

static bool is_shown(const struct sentences *s, size_t n)
{
    return s->all || n < MOST_SENTENCES;
}

/* Files of two versions differ always. */
static void add_files(struct sentences *s, const struct pl_diff_change *change)
{
    size_t n = 0;
    if (!s->all && !pl_diff_is_alarm(change) &&
        change->kind != PL_DIFF_RELOCATED)
        return;
    for (size_t i = 0; i < change->file_count; i++) {
        const struct pl_diff_file *file = &change->files[i];
        const struct pl_lock_file *either = file->to ? file->to : file->from;
        struct pl_str words = pl_diff_file_text(s->arena, file);
        if (words.len && is_shown(s, n++))
            add_sentence(s, pl_arena_printf(s->arena, "%.*s: %.*s",
                                            PL_STR_ARG(either->name),
                                            PL_STR_ARG(words)));
    }
    add_rest(s, n, "files");
}

/* "requires-python: >=3.8 -> >=3.9"; the change's own name is not repeated. */
static struct pl_str value_text(struct pl_arena *arena,
                                const struct pl_diff_change *change,
                                const struct pl_diff_value *value)
{
    PL_BUF(text, PL_MAX_MESSAGE_BYTES);
    if (value->field == PL_DIFF_INPUT && value->had && value->has)
        return pl_arena_printf(arena, "%.*s has changed",
                               PL_STR_ARG(value->key));
    struct pl_str field = pl_diff_field_name(value->field);
    if (value->key.len)
        pl_buf_addf(&text, "%.*s %.*s: ", PL_STR_ARG(field),
                    PL_STR_ARG(value->key));
    else if (!pl_str_eq(field, change->name))
        pl_buf_addf(&text, "%.*s: ", PL_STR_ARG(field));
    if (value->had && value->has)
        pl_buf_addf(&text, "%.*s -> %.*s", PL_STR_ARG(value->from),
                    PL_STR_ARG(value->to));
    else if (value->has)
        pl_buf_addf(&text, "now %.*s", PL_STR_ARG(value->to));
    else
        pl_buf_addf(&text, "no longer %.*s", PL_STR_ARG(value->from));
    return keep(arena, &text);
}

/* Told by another line of the change already, or of no use to people. */
static bool is_told(const struct pl_diff_change *change,
                    const struct pl_diff_value *value)
{
    if (change->subject == PL_DIFF_OF_PACKAGE)
        return is_relation(value->field);
    return value->field == PL_DIFF_TEMPLATE_DIGEST ||
           (value->field != PL_DIFF_INPUT &&
            (value->had && value->has && pl_str_eq(value->from, change->from) &&
             pl_str_eq(value->to, change->to)));
}

static void add_values(struct sentences *s, const struct pl_diff_change *change)
{
    bool wanted =
        s->all || change->kind == PL_DIFF_CHANGED || pl_diff_is_alarm(change);
    size_t n = 0;
    for (size_t i = 0; wanted && i < change->value_count; i++) {
        const struct pl_diff_value *value = &change->values[i];
        if (value->field == PL_DIFF_VERSION ||
            (!s->all && is_told(change, value)))
            continue;
        if (is_shown(s, n++))
            add_sentence(s, value_text(s->arena, change, value));
    }
    add_rest(s, n, "values");
}

static const char *rule_words(const struct pl_diff_rule *rule)
{
    switch (rule->to) {
    case PL_DIFF_RULE_IDLE:
        return "no longer applies";
    case PL_DIFF_RULE_KEPT:
        return rule->from == PL_DIFF_RULE_BROKEN
                   ? "is met now"
                   : "begins to apply, and is met";
    case PL_DIFF_RULE_BROKEN:
        return "is BROKEN now";
    }
    return "";
}

static void add_rules(struct sentences *s, const struct pl_diff_change *change)
{
    for (size_t i = 0; i < change->rule_count && is_shown(s, i); i++)
        add_sentence(s, pl_arena_printf(s->arena, "rule %.*s %s",
                                        PL_STR_ARG(change->rules[i].rule->id),
                                        rule_words(&change->rules[i])));
    add_rest(s, change->rule_count, "rules");
}

static bool is_common(const struct pl_diff_reason *reason)
{
    return reason->kind == PL_DIFF_BY_TEMPLATE ||
           reason->kind == PL_DIFF_BY_ARGUMENTS ||
           reason->kind == PL_DIFF_BY_INPUT;
}

/* One reason is enough for most; a line of the user's comes first. */
static void add_reasons(struct sentences *s,
                        const struct pl_diff_change *change)
{
    size_t most = s->all ? change->reason_count : 1;
    for (size_t i = 0; i < change->reason_count && i < most; i++) {
        const struct pl_diff_reason *reason = &change->reasons[i];
        bool is_said = reason->kind == PL_DIFF_BY_RULE && change->rule_count;
        if (is_said || (!s->all && (is_common(reason) ||
                                    reason->kind == PL_DIFF_BY_NOTHING)))
            continue;
        struct pl_str text = pl_diff_reason_text(s->arena, reason);
        if (text.len)
            add_sentence(s, text);
    }
}

struct pl_strs pl_diff_common_reasons(const struct pl_diff_view *view)
{
    struct pl_strs list = {0};
    struct pl_map seen = {.arena = view->arena};
    for (size_t i = 0; !view->all && i < view->diff->count; i++) {
        const struct pl_diff_change *change = &view->diff->changes[i];
        if (pl_diff_is_quiet(change) || !change->reason_count ||
            !is_common(&change->reasons[0]))
            continue;
        struct pl_str text =
            pl_diff_reason_text(view->arena, &change->reasons[0]);
        void **slot = pl_map_slot(&seen, text);
        if (text.len && !*slot)
            pl_vec_push(view->arena, &list, text);
        *slot = view->arena;
    }
    return list;
}

struct pl_strs pl_diff_sentences(struct pl_arena *arena,
                                 const struct pl_diff_change *change, bool all)
{
    struct sentences s = {.arena = arena, .all = all};
    add_files(&s, change);
    add_rules(&s, change);
    add_values(&s, change);
    add_reasons(&s, change);
    return s.list;
}

/* ---- totals ---- */

static void add_total(struct pl_arena *arena, const struct pl_diff_total *total,
                      struct pl_buf *out)
{
    pl_buf_add_str(
        out, pl_show_count(arena, total->packages, "package", "packages"));
    if (total->unknown < total->packages)
        pl_buf_addf(out, ", %.*s",
                    PL_STR_ARG(pl_show_bytes(arena, total->bytes)));
    if (total->unknown)
        pl_buf_addf(out, " (%zu of unknown size)", total->unknown);
}

struct pl_str pl_diff_totals(const struct pl_diff_view *view)
{
    PL_BUF(text, PL_MAX_MESSAGE_BYTES);
    add_total(view->arena, &view->diff->before, &text);
    pl_buf_add_cstr(&text, " -> ");
    add_total(view->arena, &view->diff->after, &text);
    return keep(view->arena, &text);
}
