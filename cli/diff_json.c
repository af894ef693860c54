#include "cli/diff_show.h"
#include "core/jsonw.h"
#include "lockfmt/lock_diff_text.h"

static const char *const subjects[] = {
    [PL_DIFF_OF_IMAGE] = "image",
    [PL_DIFF_OF_PACKAGE] = "package",
    [PL_DIFF_OF_LOCK] = "lock",
};

static const char *const rule_states[] = {
    [PL_DIFF_RULE_IDLE] = "idle",
    [PL_DIFF_RULE_KEPT] = "met",
    [PL_DIFF_RULE_BROKEN] = "broken",
};

static void write_text(struct pl_jsonw *w, const char *key, struct pl_str text)
{
    if (text.len)
        pl_jsonw_str(w, key, text);
    else
        pl_jsonw_null(w, key);
}

static void write_values(struct pl_jsonw *w,
                         const struct pl_diff_change *change)
{
    pl_jsonw_array(w, "values");
    for (size_t i = 0; i < change->value_count; i++) {
        const struct pl_diff_value *value = &change->values[i];
        pl_jsonw_object(w, NULL);
        pl_jsonw_str(w, "field", pl_diff_field_name(value->field));
        if (value->key.len)
            pl_jsonw_str(w, "key", value->key);
        if (value->had)
            pl_jsonw_str(w, "from", value->from);
        else
            pl_jsonw_null(w, "from");
        if (value->has)
            pl_jsonw_str(w, "to", value->to);
        else
            pl_jsonw_null(w, "to");
        pl_jsonw_end(w);
    }
    pl_jsonw_end(w);
}

static void write_file(struct pl_jsonw *w, const char *key,
                       const struct pl_lock_file *file)
{
    if (!file) {
        pl_jsonw_null(w, key);
        return;
    }
    struct pl_lock_hash hash = pl_lock_file_hash(file);
    pl_jsonw_object(w, key);
    pl_jsonw_str(w, "name", file->name);
    write_text(w, "url", file->url.len ? file->url : file->path);
    pl_jsonw_object(w, "hashes");
    if (hash.algorithm.len)
        pl_jsonw_named_str(w, hash.algorithm, hash.value);
    pl_jsonw_end(w);
    pl_jsonw_end(w);
}

static void write_files(struct pl_jsonw *w, struct pl_arena *arena,
                        const struct pl_diff_change *change)
{
    pl_jsonw_array(w, "files");
    for (size_t i = 0; i < change->file_count; i++) {
        const struct pl_diff_file *file = &change->files[i];
        pl_jsonw_object(w, NULL);
        write_file(w, "from", file->from);
        write_file(w, "to", file->to);
        pl_jsonw_str(w, "differs", pl_diff_file_text(arena, file));
        pl_jsonw_end(w);
    }
    pl_jsonw_end(w);
}

static void write_rules(struct pl_jsonw *w, const struct pl_diff_change *change)
{
    pl_jsonw_array(w, "rules");
    for (size_t i = 0; i < change->rule_count; i++) {
        const struct pl_diff_rule *rule = &change->rules[i];
        pl_jsonw_object(w, NULL);
        pl_jsonw_str(w, "id", rule->rule->id);
        pl_jsonw_str(w, "from", pl_str_from(rule_states[rule->from]));
        pl_jsonw_str(w, "to", pl_str_from(rule_states[rule->to]));
        pl_jsonw_end(w);
    }
    pl_jsonw_end(w);
}

static void write_change(struct pl_jsonw *w, struct pl_arena *arena,
                         const struct pl_diff_change *change)
{
    pl_jsonw_object(w, NULL);
    pl_jsonw_str(w, "name", change->name);
    pl_jsonw_str(w, "subject", pl_str_from(subjects[change->subject]));
    write_text(w, "from", change->from);
    write_text(w, "to", change->to);
    pl_jsonw_str(w, "kind", pl_diff_kind_name(change->kind));
    pl_jsonw_str(w, "group", pl_diff_group_name(change->group));
    pl_jsonw_bool(w, "quiet", change->is_quiet);
    pl_jsonw_array(w, "because");
    for (size_t i = 0; i < change->reason_count; i++)
        pl_jsonw_str(w, NULL, pl_diff_reason_text(arena, &change->reasons[i]));
    pl_jsonw_end(w);
    if (change->has_bytes)
        pl_jsonw_i64(w, "bytes", change->bytes);
    else
        pl_jsonw_null(w, "bytes");
    if (change->subject == PL_DIFF_OF_PACKAGE) {
        write_text(w, "before", pl_diff_where_name(change->before.where));
        write_text(w, "after", pl_diff_where_name(change->after.where));
        write_files(w, arena, change);
        write_rules(w, change);
    }
    write_values(w, change);
    pl_jsonw_end(w);
}

static void write_side(struct pl_jsonw *w, const char *key,
                       const struct pl_diff_input *input,
                       const struct pl_diff_total *total)
{
    pl_jsonw_object(w, key);
    pl_jsonw_str(w, "lock", input->label);
    write_text(w, "template", input->lock.template_id);
    pl_jsonw_bool(w, "template-known", input->has_facts);
    pl_jsonw_u64(w, "packages", total->packages);
    pl_jsonw_u64(w, "bytes", total->bytes);
    pl_jsonw_u64(w, "unknown-sizes", total->unknown);
    pl_jsonw_end(w);
}

void pl_diff_json(const struct pl_diff_view *view, struct pl_buf *out)
{
    const struct pl_diff *diff = view->diff;
    struct pl_jsonw w = pl_jsonw_to(out);
    bool alarm;
    pl_jsonw_object(&w, NULL);
    pl_jsonw_str(&w, "summary", pl_diff_verdict(view, &alarm));
    pl_jsonw_bool(&w, "same", !diff->count);
    write_side(&w, "old", view->old, &diff->before);
    write_side(&w, "new", view->new, &diff->after);
    pl_jsonw_object(&w, "torch");
    write_text(&w, "from", diff->torch_from);
    write_text(&w, "to", diff->torch_to);
    pl_jsonw_end(&w);
    pl_jsonw_array(&w, "changes");
    for (size_t i = 0; i < diff->count; i++)
        write_change(&w, view->arena, &diff->changes[i]);
    pl_jsonw_end(&w);
    pl_jsonw_end(&w);
}
