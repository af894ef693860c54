#include "index/upload_time.h"

#include <stdint.h>

#define MAX_FRACTION 9
#define WHOLE_SECONDS 19 /* "2024-01-31T23:59:59" */

struct moment {
    uint32_t year, month, day, hour, minute, second;
    struct pl_str fraction; /* digits only */
    int32_t offset;         /* minutes east of UTC */
};

static bool take_number(struct pl_cursor *c, size_t digits, uint32_t *out)
{
    uint32_t value = 0;
    for (size_t i = 0; i < digits; i++) {
        if (!pl_is_digit(pl_cursor_peek(c)))
            return false;
        value = value * 10 + (uint32_t)(*c->at++ - '0');
    }
    *out = value;
    return true;
}

static bool is_leap(uint32_t year)
{
    return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

static uint32_t days_in(uint32_t year, uint32_t month)
{
    static const uint8_t days[] = {31, 28, 31, 30, 31, 30,
                                   31, 31, 30, 31, 30, 31};
    return month == 2 && is_leap(year) ? 29 : days[month - 1];
}

static bool take_date(struct pl_cursor *c, struct moment *m)
{
    return take_number(c, 4, &m->year) && pl_cursor_take(c, '-') &&
           take_number(c, 2, &m->month) && pl_cursor_take(c, '-') &&
           take_number(c, 2, &m->day) && m->year >= 1 && m->month >= 1 &&
           m->month <= 12 && m->day >= 1 &&
           m->day <= days_in(m->year, m->month);
}

static bool take_time(struct pl_cursor *c, struct moment *m)
{
    if (!take_number(c, 2, &m->hour) || !pl_cursor_take(c, ':') ||
        !take_number(c, 2, &m->minute) || !pl_cursor_take(c, ':') ||
        !take_number(c, 2, &m->second) || m->hour > 23 || m->minute > 59 ||
        m->second > 59)
        return false;
    if (!pl_cursor_take(c, '.'))
        return true;
    m->fraction = pl_cursor_span(c, pl_is_digit);
    return m->fraction.len > 0;
}

static bool take_offset(struct pl_cursor *c, struct moment *m)
{
    uint32_t hours, minutes;
    if (pl_cursor_take(c, 'Z') || pl_cursor_take(c, 'z'))
        return true;
    bool west = pl_cursor_take(c, '-');
    if (!west && !pl_cursor_take(c, '+'))
        return false;
    if (!take_number(c, 2, &hours) || !pl_cursor_take(c, ':') ||
        !take_number(c, 2, &minutes) || hours > 23 || minutes > 59)
        return false;
    m->offset = (int32_t)(hours * 60 + minutes) * (west ? -1 : 1);
    return true;
}

static void next_day(struct moment *m)
{
    if (++m->day <= days_in(m->year, m->month))
        return;
    m->day = 1;
    if (++m->month <= 12)
        return;
    m->month = 1;
    m->year++;
}

static void previous_day(struct moment *m)
{
    if (--m->day >= 1)
        return;
    if (--m->month < 1) {
        m->month = 12;
        m->year--;
    }
    m->day = days_in(m->year, m->month);
}

static void make_utc(struct moment *m)
{
    int32_t minutes = (int32_t)(m->hour * 60 + m->minute) - m->offset;
    if (minutes < 0) {
        previous_day(m);
        minutes += 24 * 60;
    } else if (minutes >= 24 * 60) {
        next_day(m);
        minutes -= 24 * 60;
    }
    m->hour = (uint32_t)minutes / 60;
    m->minute = (uint32_t)minutes % 60;
}

bool pl_upload_time_normalize(struct pl_arena *arena, struct pl_str text,
                              struct pl_str *out)
{
    struct moment m = {0};
    struct pl_cursor c = pl_cursor_from(text);
    if (!take_date(&c, &m) ||
        (!pl_cursor_take(&c, 'T') && !pl_cursor_take(&c, 't') &&
         !pl_cursor_take(&c, ' ')) ||
        !take_time(&c, &m) || !take_offset(&c, &m) || !pl_cursor_done(&c))
        return false;
    bool normal = text.at[WHOLE_SECONDS - 9] == 'T' && pl_str_ends(text, "Z") &&
                  m.fraction.len <= MAX_FRACTION;
    if (normal) {
        *out = pl_arena_dup(arena, text);
        return true;
    }
    make_utc(&m);
    if (m.year < 1 || m.year > 9999)
        return false;
    m.fraction = pl_str_sub(m.fraction, 0, MAX_FRACTION);
    *out = pl_arena_printf(arena, "%04u-%02u-%02uT%02u:%02u:%02u%s%.*sZ",
                           m.year, m.month, m.day, m.hour, m.minute, m.second,
                           m.fraction.len ? "." : "", PL_STR_ARG(m.fraction));
    return true;
}

/* Nanoseconds of ".25Z" or "Z". */
static uint32_t fraction_of(struct pl_str tail)
{
    uint32_t value = 0;
    for (size_t i = 1; i <= MAX_FRACTION; i++) {
        bool digit = i < tail.len && pl_is_digit(tail.at[i]);
        value = value * 10 + (digit ? (uint32_t)(tail.at[i] - '0') : 0);
    }
    return value;
}

int pl_upload_time_cmp(struct pl_str a, struct pl_str b)
{
    size_t cut = WHOLE_SECONDS;
    int order = pl_str_cmp(pl_str_sub(a, 0, cut), pl_str_sub(b, 0, cut));
    if (order)
        return order;
    uint32_t x = fraction_of(pl_str_sub(a, cut, a.len));
    uint32_t y = fraction_of(pl_str_sub(b, cut, b.len));
    return (x > y) - (x < y);
}
