#include "core/pack.h"

#define MOST_NUMBER_BYTES 10

/* ---- writing ---- */

static void pack_fixed(struct pl_packer *p, uint64_t n, size_t len)
{
    char bytes[8];
    for (size_t i = 0; i < len; i++)
        bytes[i] = (char)(n >> (8 * i));
    pl_buf_add(p->out, bytes, len);
}

void pl_pack_u8(struct pl_packer *p, uint8_t n)
{
    pack_fixed(p, n, 1);
}

void pl_pack_u16(struct pl_packer *p, uint16_t n)
{
    pack_fixed(p, n, 2);
}

void pl_pack_u32(struct pl_packer *p, uint32_t n)
{
    pack_fixed(p, n, 4);
}

void pl_pack_u64(struct pl_packer *p, uint64_t n)
{
    pack_fixed(p, n, 8);
}

void pl_pack_number(struct pl_packer *p, uint64_t n)
{
    char bytes[MOST_NUMBER_BYTES];
    size_t len = 0;
    for (; n > 0x7f; n >>= 7)
        bytes[len++] = (char)(0x80 | (n & 0x7f));
    bytes[len++] = (char)n;
    pl_buf_add(p->out, bytes, len);
}

/* The lowest bit of the length tells a part of the base. */
void pl_pack_text(struct pl_packer *p, struct pl_str text)
{
    size_t at = text.len ? pl_str_find_str(p->base, text) : p->base.len;
    bool is_part = at < p->base.len;
    pl_pack_number(p, (uint64_t)text.len << 1 | is_part);
    if (is_part)
        pl_pack_number(p, at);
    else
        pl_buf_add_str(p->out, text);
}

uint32_t pl_packtable_add(struct pl_packtable *table, struct pl_str text)
{
    size_t count = table->map.len;
    void **slot = pl_map_slot(&table->map, text);
    /* Values are numbers + 1: NULL stands for a key without one. */
    if (table->map.len > count)
        *slot = (void *)(uintptr_t)table->map.len;
    return (uint32_t)((uintptr_t)*slot - 1);
}

void pl_pack_table(struct pl_packer *p, const struct pl_packtable *table)
{
    pl_pack_number(p, table->map.len);
    for (size_t i = 0; i < table->map.len; i++)
        pl_pack_number(p, table->map.entries[i].key.len);
    for (size_t i = 0; i < table->map.len; i++)
        pl_buf_add_str(p->out, table->map.entries[i].key);
}

/* ---- checking ---- */

/*
 * Each step maps different states to different states, and different words
 * too: one word that differs is always seen.
 */
static uint64_t mix(uint64_t state, uint64_t word)
{
    uint64_t both = state ^ word;
    return (both << 27 | both >> 37) * 0x9e3779b97f4a7c15u;
}

uint64_t pl_pack_checksum(uint64_t state, struct pl_str bytes)
{
    const char *at = bytes.at;
    size_t left = bytes.len;
    for (; left >= 32; at += 32, left -= 32) {
        state = mix(state, pl_load_u64(at));
        state = mix(state, pl_load_u64(at + 8));
        state = mix(state, pl_load_u64(at + 16));
        state = mix(state, pl_load_u64(at + 24));
    }
    for (; left >= 8; at += 8, left -= 8)
        state = mix(state, pl_load_u64(at));
    uint64_t last = 0;
    for (size_t i = 0; i < left; i++)
        last |= (uint64_t)(unsigned char)at[i] << (8 * i);
    state = mix(state, last);
    state = mix(state, bytes.len);
    return state ^ state >> 32;
}

/* ---- reading ---- */

static void fail(struct pl_unpacker *u)
{
    u->bad = true;
    u->at = u->end;
}

struct pl_str pl_unpack_bytes(struct pl_unpacker *u, uint64_t len)
{
    if (len > (uint64_t)(u->end - u->at)) {
        fail(u);
        return PL_STR("");
    }
    struct pl_str bytes = {u->at, (size_t)len};
    u->at += len;
    return bytes;
}

uint8_t pl_unpack_u8(struct pl_unpacker *u)
{
    struct pl_str bytes = pl_unpack_bytes(u, 1);
    return bytes.len ? (uint8_t)bytes.at[0] : 0;
}

uint16_t pl_unpack_u16(struct pl_unpacker *u)
{
    struct pl_str bytes = pl_unpack_bytes(u, 2);
    return bytes.len ? pl_load_u16(bytes.at) : 0;
}

uint32_t pl_unpack_u32(struct pl_unpacker *u)
{
    struct pl_str bytes = pl_unpack_bytes(u, 4);
    return bytes.len ? pl_load_u32(bytes.at) : 0;
}

uint64_t pl_unpack_u64(struct pl_unpacker *u)
{
    struct pl_str bytes = pl_unpack_bytes(u, 8);
    return bytes.len ? pl_load_u64(bytes.at) : 0;
}

uint64_t pl_unpack_number(struct pl_unpacker *u)
{
    uint64_t number = 0;
    for (unsigned shift = 0; u->at < u->end && shift < 64; shift += 7) {
        uint64_t bits = (unsigned char)*u->at & 0x7f;
        bool more = *u->at & 0x80;
        u->at++;
        if (bits << shift >> shift != bits)
            break;
        number |= bits << shift;
        if (!more)
            return number;
    }
    fail(u);
    return 0;
}

size_t pl_unpack_count(struct pl_unpacker *u, size_t least_bytes)
{
    uint64_t count = pl_unpack_number(u);
    if (count <= (uint64_t)(u->end - u->at) / least_bytes)
        return (size_t)count;
    fail(u);
    return 0;
}

struct pl_str pl_unpack_text(struct pl_unpacker *u)
{
    uint64_t number = pl_unpack_number(u);
    uint64_t len = number >> 1;
    if (!(number & 1))
        return pl_unpack_bytes(u, len);
    uint64_t at = pl_unpack_number(u);
    if (at > u->base.len || len > u->base.len - at) {
        fail(u);
        return PL_STR("");
    }
    return pl_str_sub(u->base, (size_t)at, (size_t)(at + len));
}

const struct pl_str *pl_unpack_table(struct pl_unpacker *u,
                                     struct pl_arena *arena, size_t *count)
{
    *count = pl_unpack_count(u, 1);
    struct pl_str *texts = pl_new_array(arena, struct pl_str, *count);
    for (size_t i = 0; i < *count; i++)
        texts[i].len = pl_unpack_number(u);
    for (size_t i = 0; i < *count; i++)
        texts[i] = pl_unpack_bytes(u, texts[i].len);
    return texts;
}
