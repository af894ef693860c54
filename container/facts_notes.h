/*
 * What is said of a container beside its facts: sentences for people, in the
 * template's `notes`, the same for the same container.
 *
 * Names are listed up to PL_MAX_NOTE_NAMES, each once, then counted.
 */
#ifndef PODLOCK_CONTAINER_FACTS_NOTES_H
#define PODLOCK_CONTAINER_FACTS_NOTES_H

#include "container/scan.h"

#define PL_MAX_NOTE_NAMES 20

struct pl_notes {
    struct pl_arena *arena;
    PL_VEC(struct pl_str) list;
};

/* One of names: the sentence, ": ", the names, "."; nothing without names. */
void pl_notes_add_names(struct pl_notes *notes, const char *sentence,
                        const struct pl_str *names, size_t count);
/* What is damaged in the Python, a note a kind. */
void pl_notes_add_damage(struct pl_notes *notes,
                         const struct pl_python *python);
/* The kind as a sentence: "METADATA is empty, so what it requires ...". */
const char *pl_damage_sentence(enum pl_damage_kind kind);

#endif
