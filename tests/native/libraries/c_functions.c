/* C functions of every type that prun can pass, exported from a library that is no plugin. */
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int8_t same_int8(int8_t v);
uint8_t same_uint8(uint8_t v);
int16_t same_int16(int16_t v);
uint16_t same_uint16(uint16_t v);
int32_t same_int32(int32_t v);
uint32_t same_uint32(uint32_t v);
int64_t same_int64(int64_t v);
uint64_t same_uint64(uint64_t v);
bool negate(bool v);
float halve(float v);
double halve_double(double v);
long double halve_long_double(long double v);
double mix(char c, double d, unsigned short s, float f, unsigned long long u, const char* t, long double l, bool b);
long sum_of_ten(long a, long b, long c, long d, long e, long f, long g, long h, long i, long j);
char* upper(char* text);
const char* join(const char* a, const char* b);
void nothing(void);
int calls(void);
int crash(int signal);
extern int a_variable;

int8_t same_int8(int8_t v) { return v; }
uint8_t same_uint8(uint8_t v) { return v; }
int16_t same_int16(int16_t v) { return v; }
uint16_t same_uint16(uint16_t v) { return v; }
int32_t same_int32(int32_t v) { return v; }
uint32_t same_uint32(uint32_t v) { return v; }
int64_t same_int64(int64_t v) { return v; }
uint64_t same_uint64(uint64_t v) { return v; }
bool negate(bool v) { return !v; }
float halve(float v) { return v / 2; }
double halve_double(double v) { return v / 2; }
long double halve_long_double(long double v) { return v / 2; }

double mix(char c, double d, unsigned short s, float f, unsigned long long u, const char* t, long double l, bool b) {
  return c + d * 10 + s * 100 + (double)f * 1000 + (double)u * 10000 + (double)strlen(t) * 100000 +
         (double)l * 1000000 + (b ? 10000000 : 0);
}

long sum_of_ten(long a, long b, long c, long d, long e, long f, long g, long h, long i, long j) {
  return a + 2 * b + 3 * c + 4 * d + 5 * e + 6 * f + 7 * g + 8 * h + 9 * i + 10 * j;
}

/* Writes into its argument. */
char* upper(char* text) {
  char* at;
  for (at = text; *at != '\0'; ++at) {
    if (*at >= 'a' && *at <= 'z') *at = (char)(*at - 'a' + 'A');
  }
  return text;
}

const char* join(const char* a, const char* b) {
  static char joined[64];
  if (strlen(a) + strlen(b) >= sizeof joined) return NULL;
  strcpy(joined, a);
  strcat(joined, b);
  return joined;
}

void nothing(void) {}

int calls(void) {
  static int count = 0;
  return ++count;
}

int crash(int signal) { return raise(signal); }

int a_variable = 1;
