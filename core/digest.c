#include "core/digest.h"

#include <limits.h>

#include <solv/pool.h>
#include <solv/chksum.h>
#include <solv/knownid.h>

struct pl_str pl_sha256_hex(struct pl_arena *arena, struct pl_str bytes)
{
    Chksum *sum = solv_chksum_create(REPOKEY_TYPE_SHA256);
    if (!sum)
        pl_out_of_memory();
    while (bytes.len) {
        size_t part = bytes.len < INT_MAX ? bytes.len : INT_MAX;
        solv_chksum_add(sum, bytes.at, (int)part);
        bytes = pl_str_sub(bytes, part, bytes.len);
    }
    static const char digits[] = "0123456789abcdef";
    const unsigned char *raw = solv_chksum_get(sum, NULL);
    char hex[PL_SHA256_HEX];
    for (size_t i = 0; i < PL_SHA256_HEX; i += 2) {
        hex[i] = digits[raw[i / 2] >> 4];
        hex[i + 1] = digits[raw[i / 2] & 15];
    }
    solv_chksum_free(sum, NULL);
    return pl_arena_dup(arena, (struct pl_str){hex, PL_SHA256_HEX});
}

bool pl_sha256_valid(struct pl_str hex)
{
    if (hex.len != PL_SHA256_HEX)
        return false;
    for (size_t i = 0; i < hex.len; i++) {
        char c = hex.at[i];
        if (!pl_is_digit(c) && (c < 'a' || c > 'f'))
            return false;
    }
    return true;
}
