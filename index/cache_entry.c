#include "index/cache_entry.h"

#include "core/pack.h"

#define CHECKSUM_AT 24

static uint64_t entry_checksum(const char *head, struct pl_str where,
                               struct pl_str payload)
{
    uint64_t state = pl_pack_checksum(0, (struct pl_str){head, CHECKSUM_AT});
    return pl_pack_checksum(pl_pack_checksum(state, where), payload);
}

static void put_u64(char *at, uint64_t n)
{
    for (unsigned i = 0; i < 8; i++)
        at[i] = (char)(n >> (8 * i));
}

void pl_cache_entry_head(enum pl_cache_kind kind, struct pl_str where,
                         struct pl_str payload, char *head)
{
    static const char magic[8] = {'p', 'o', 'd', 'l',
                                  'o', 'c', 'k', PL_CACHE_FORMAT};
    memcpy(head, magic, sizeof(magic));
    put_u64(head + 8, (uint64_t)kind);
    put_u64(head + 16, payload.len);
    put_u64(head + CHECKSUM_AT, entry_checksum(head, where, payload));
}

bool pl_cache_entry_open(struct pl_str bytes, enum pl_cache_kind kind,
                         struct pl_str where, struct pl_str *payload)
{
    char head[PL_CACHE_HEAD_BYTES];
    if (bytes.len < sizeof(head))
        return false;
    struct pl_str rest = pl_str_sub(bytes, sizeof(head), bytes.len);
    pl_cache_entry_head(kind, where, rest, head);
    if (memcmp(bytes.at, head, sizeof(head)) != 0)
        return false;
    *payload = rest;
    return true;
}
