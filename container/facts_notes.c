#include "container/facts_notes.h"

#include <stdlib.h>

#include "core/limits.h"

static int compare_names(const void *left, const void *right)
{
    const struct pl_str *a = left, *b = right;
    return pl_str_cmp(*a, *b);
}

/* Sorted, each once; their number. */
static size_t sort_names(struct pl_str *names, size_t count)
{
    size_t kept = 0;
    if (count)
        qsort(names, count, sizeof(*names), compare_names);
    for (size_t i = 0; i < count; i++)
        if (!kept || !pl_str_eq(names[kept - 1], names[i]))
            names[kept++] = names[i];
    return kept;
}

void pl_notes_add_names(struct pl_notes *notes, const char *sentence,
                        const struct pl_str *names, size_t count)
{
    PL_BUF(text, PL_MAX_MESSAGE_BYTES);
    struct pl_str *sorted = pl_new_array(notes->arena, struct pl_str, count);
    if (!count)
        return;
    memcpy(sorted, names, count * sizeof(*names));
    count = sort_names(sorted, count);
    pl_buf_addf(&text, "%s: ", sentence);
    for (size_t i = 0; i < count && i < PL_MAX_NOTE_NAMES; i++) {
        pl_buf_add_cstr(&text, i ? ", " : "");
        pl_buf_add_str(&text, sorted[i]);
    }
    if (count > PL_MAX_NOTE_NAMES)
        pl_buf_addf(&text, " and %zu more", count - PL_MAX_NOTE_NAMES);
    pl_buf_add_char(&text, '.');
    pl_vec_push(notes->arena, &notes->list,
                pl_arena_dup(notes->arena, pl_buf_view(&text)));
}

const char *pl_damage_sentence(enum pl_damage_kind kind)
{
    switch (kind) {
    case PL_DAMAGE_TWO_INFOS:
        return "Two distributions of one name in one folder, of which the "
               "whole or newer one is listed";
    case PL_DAMAGE_METADATA_EMPTY:
        return "METADATA is empty, so that what it requires is not known";
    case PL_DAMAGE_METADATA_ABSENT:
        return "METADATA is missing, so that what it requires is not known";
    case PL_DAMAGE_METADATA_BAD:
        return "METADATA cannot be read, so that what it requires is not "
               "known";
    case PL_DAMAGE_NAME_DIFFERS:
        return "METADATA says another name than the folder has";
    case PL_DAMAGE_RECORD_ABSENT:
        return "RECORD is missing, so that pip cannot uninstall it";
    case PL_DAMAGE_CODE_ABSENT:
        return "Listed as installed, but its modules are gone";
    case PL_DAMAGE_INFO_ABSENT:
        return "Modules that no distribution owns";
    case PL_DAMAGE_LINK_TO_NOTHING:
        return "Editable, and what it links to is gone";
    case PL_DAMAGE_HALF_REMOVED:
        break;
    }
    return "Left over where pip was interrupted";
}

void pl_notes_add_damage(struct pl_notes *notes, const struct pl_python *python)
{
    const struct pl_damage *damage = python->installed.damage.at;
    size_t count = python->installed.damage.len;
    for (int kind = 0; kind <= PL_DAMAGE_HALF_REMOVED; kind++) {
        PL_VEC(struct pl_str) names = {0};
        for (size_t i = 0; i < count; i++)
            if ((int)damage[i].kind == kind)
                pl_vec_push(notes->arena, &names, damage[i].name);
        pl_notes_add_names(notes, pl_damage_sentence((enum pl_damage_kind)kind),
                           names.at, names.len);
    }
}
