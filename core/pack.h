/*
 * Compact bytes for podlock's own use: written once, read back checked.
 *
 * Numbers are variable (seven bits a byte, lowest first) or fixed and little
 * endian. A text is a part of the `base` that both sides know, when it occurs
 * there, or follows in full. Texts that repeat belong into a table, so that
 * equal ones are read back as one pointer.
 *
 * Reading never goes beyond the end. After the first thing that cannot be read
 * `bad` is set and everything reads as zero or empty: a reader asks once, at
 * the end. Texts are views of the bytes that are read, or of the base.
 *
 *     struct pl_packer p = {.out = &buf};
 *     pl_pack_number(&p, 300);
 *     pl_pack_text(&p, name);
 *
 *     struct pl_unpacker u = pl_unpacker_from(bytes);
 *     uint64_t number = pl_unpack_number(&u);
 *     struct pl_str name = pl_unpack_text(&u);
 *     if (u.bad) ...
 *
 * It is no format to give away: there is no version in it.
 */
#ifndef PODLOCK_CORE_PACK_H
#define PODLOCK_CORE_PACK_H

#include <endian.h>
#include <stdbool.h>
#include <stdint.h>

#include "core/arena.h"
#include "core/buf.h"
#include "core/map.h"
#include "core/str.h"

/* ---- writing ---- */

struct pl_packer {
    struct pl_buf *out;
    struct pl_str base; /* may be empty */
};

void pl_pack_u8(struct pl_packer *p, uint8_t n);
void pl_pack_u16(struct pl_packer *p, uint16_t n);
void pl_pack_u32(struct pl_packer *p, uint32_t n);
void pl_pack_u64(struct pl_packer *p, uint64_t n);
void pl_pack_number(struct pl_packer *p, uint64_t n);
void pl_pack_text(struct pl_packer *p, struct pl_str text);

/* Texts, each once, by number from 0 on; begins as {.map.arena = arena}. */
struct pl_packtable {
    struct pl_map map;
};

/* The bytes of the text must live as long as the table. */
uint32_t pl_packtable_add(struct pl_packtable *table, struct pl_str text);
void pl_pack_table(struct pl_packer *p, const struct pl_packtable *table);

/* ---- reading ---- */

struct pl_unpacker {
    const char *at, *end;
    struct pl_str base; /* that of the writer */
    bool bad;
};

static inline struct pl_unpacker pl_unpacker_from(struct pl_str bytes)
{
    const char *at = bytes.at ? bytes.at : "";
    return (struct pl_unpacker){.at = at, .end = at + bytes.len};
}

/* Fixed numbers at a place that was checked: one load each. */
static inline uint16_t pl_load_u16(const char *at)
{
    uint16_t n;
    memcpy(&n, at, sizeof(n));
    return le16toh(n);
}

static inline uint32_t pl_load_u32(const char *at)
{
    uint32_t n;
    memcpy(&n, at, sizeof(n));
    return le32toh(n);
}

static inline uint64_t pl_load_u64(const char *at)
{
    uint64_t n;
    memcpy(&n, at, sizeof(n));
    return le64toh(n);
}

/*
 * A checksum that goes on from `state`: finds damage, every single changed
 * byte among it, and is no defence against people.
 */
uint64_t pl_pack_checksum(uint64_t state, struct pl_str bytes);

/* The next `len` bytes. */
struct pl_str pl_unpack_bytes(struct pl_unpacker *u, uint64_t len);
uint8_t pl_unpack_u8(struct pl_unpacker *u);
uint16_t pl_unpack_u16(struct pl_unpacker *u);
uint32_t pl_unpack_u32(struct pl_unpacker *u);
uint64_t pl_unpack_u64(struct pl_unpacker *u);
uint64_t pl_unpack_number(struct pl_unpacker *u);
/* How many things follow that take at least so many bytes each. */
size_t pl_unpack_count(struct pl_unpacker *u, size_t least_bytes);
struct pl_str pl_unpack_text(struct pl_unpacker *u);
/* The texts by number; *count of them. */
const struct pl_str *pl_unpack_table(struct pl_unpacker *u,
                                     struct pl_arena *arena, size_t *count);

#endif
