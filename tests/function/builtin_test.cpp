// The built-in functions, at the article's numbers and at their edges.
#include "function/random.hpp"
#include "function/registry.hpp"
#include "wire/json.hpp"
#include "wire/value.hpp"

#include "support/builtins.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <stdexcept>
#include <string>
#include <thread>

using namespace prun;
using namespace prun::test;

namespace {

std::string call(std::string_view name, std::string_view args, const CallContext& context = {}) {
  Task task;
  task.function = builtins().find(name);
  REQUIRE(wire::parse_json(args, task.args).has_value());
  REQUIRE(bind(task).has_value());
  std::string result, text;
  task.function->call(task.args, context, result);
  wire::append_json(text, result);
  return text;
}

std::string of(std::string_view name, long n) { return call(name, "[" + std::to_string(n) + "]"); }

}  // namespace

TEST_CASE("fib has the article's numbers") {
  long before = 1, now = 1;
  for (long n = 1; n <= 30; ++n) {
    CHECK(of("fib", n) == std::to_string(now));
    before = std::exchange(now, before + now);
  }
  CHECK(of("fib", 35) == "14930352");
  for (const long n : {0L, -1L, -100L}) CHECK(of("fib", n) == "1");
}

TEST_CASE("fib beyond 64 bits fails at once") {
  CHECK_THROWS_WITH_AS((void)of("fib", 92), "fib(92) does not fit 64 bits", std::overflow_error);
  CHECK_THROWS_AS((void)of("fib", INT64_MAX), std::overflow_error);
  CHECK_THROWS_AS((void)of("n_fib", 92), std::overflow_error);
}

TEST_CASE("n_fib returns its argument too") { CHECK(of("n_fib", 10) == "[10,89]"); }

TEST_CASE("ackermann has the article's numbers") {
  const long third_row[] = {5, 13, 29, 61, 125};
  for (long n = 0; n <= 4; ++n) {
    const std::string place = std::to_string(n);
    CHECK(call("ackermann", "[0," + place + "]") == std::to_string(n + 1));
    CHECK(call("ackermann", "[1," + place + "]") == std::to_string(n + 2));
    CHECK(call("ackermann", "[2," + place + "]") == std::to_string(2 * n + 3));
    CHECK(call("ackermann", "[3," + place + "]") == std::to_string(third_row[n]));
  }
  CHECK(call("ackermann", "[4,0]") == "13");
}

TEST_CASE("ackermann refuses negative arguments by name") {
  CHECK_THROWS_WITH_AS((void)call("ackermann", "[-1,0]"), "ackermann takes m >= 0 and n >= 0, got m = -1",
                       std::invalid_argument);
  CHECK_THROWS_WITH_AS((void)call("ackermann", "[2,-3]"), "ackermann takes m >= 0 and n >= 0, got n = -3",
                       std::invalid_argument);
}

TEST_CASE("ackermann beyond 64 bits fails at once") {
  for (const char* args : {"[4,2]", "[5,1]", "[6,0]", "[1000,1000]", "[0,9223372036854775807]",
                           "[1,9223372036854775806]", "[2,4611686018427387903]", "[3,61]"}) {
    CAPTURE(args);
    CHECK_THROWS_AS((void)call("ackermann", args), std::overflow_error);
  }
  CHECK_THROWS_WITH((void)call("ackermann", "[4,2]"), "ackermann(4, 2) does not fit 64 bits");
  CHECK(call("ackermann", "[0,9223372036854775806]") == "9223372036854775807");
}

TEST_CASE("a recursion deeper than the stack is an exception, in any thread") {
  const auto too_deep = [] {
    CHECK_THROWS_AS((void)call("ackermann", "[3,40]"), std::runtime_error);
    CHECK_THROWS_AS((void)call("ackermann", "[1,262000]"), std::runtime_error);
    CHECK(call("ackermann", "[1,1000]") == "1002");
  };
  too_deep();
  std::thread(too_deep).join();
}

TEST_CASE("identity keeps any value") {
  for (const char* value : {"null", "18446744073709551615", "-0.0", "\"x\"", "[1,[2.0,{\"k\":[]}]]"}) {
    CHECK(call("identity", "[" + std::string(value) + "]") == value);
  }
}

TEST_CASE("sleep returns the seconds, and refuses an invalid duration") {
  CHECK(call("sleep", "[0]") == "0.0");
  CHECK(call("sleep", "[0.001]") == "0.001");
  CHECK_THROWS_WITH_AS((void)call("sleep", "[-1]"), "sleep takes from 0 to 1e9 seconds, got -1", std::invalid_argument);
  CHECK_THROWS_AS((void)call("sleep", "[1e300]"), std::invalid_argument);
}

TEST_CASE("sha256 agrees with the standard's examples") {
  CHECK(call("sha256", "[\"\"]") == "\"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855\"");
  CHECK(call("sha256", "[\"abc\"]") == "\"ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad\"");
}

TEST_CASE("is_prime is right for small numbers, pseudoprimes and the largest of 64 bits") {
  for (long n = -3; n < 2000; ++n) {
    bool prime = n > 1;
    for (long d = 2; d * d <= n; ++d) prime = prime && n % d != 0;
    CHECK(of("is_prime", n) == (prime ? "true" : "false"));
  }
  for (const long composite : {3215031751L, 341550071728321L, 3825123056546413051L, 1373653L, INT64_MAX, INT64_MIN}) {
    CHECK(of("is_prime", composite) == "false");
  }
  CHECK(of("is_prime", 9223372036854775783) == "true");
}

TEST_CASE("factorize gives prime factors, ascending, whose product is the number") {
  CHECK(of("factorize", 1) == "[]");
  CHECK(of("factorize", 2) == "[2]");
  CHECK(of("factorize", 360) == "[2,2,2,3,3,5]");
  CHECK(of("factorize", INT64_MAX) == "[7,7,73,127,337,92737,649657]");
  CHECK(of("factorize", 9223372036854775783) == "[9223372036854775783]");
  CHECK(of("factorize", 9223371994482243049) == "[3037000493,3037000493]");
  CHECK(of("factorize", 1018081) == "[1009,1009]");
  CHECK_THROWS_WITH_AS((void)of("factorize", 0), "factorize takes n >= 1, got n = 0", std::invalid_argument);
  CHECK_THROWS_AS((void)of("factorize", -6), std::invalid_argument);
}

TEST_CASE("collatz counts the steps to 1") {
  CHECK(of("collatz", 1) == "0");
  CHECK(of("collatz", 27) == "111");
  CHECK(of("collatz", 837799) == "524");
  CHECK_THROWS_WITH_AS((void)of("collatz", 0), "collatz takes n >= 1, got n = 0", std::invalid_argument);
  CHECK_THROWS_WITH_AS((void)of("collatz", INT64_MAX), "collatz(9223372036854775807) exceeds 64 bits at step 1",
                       std::overflow_error);
}

TEST_CASE("pi_monte_carlo depends only on its seed, by default the seed of the task") {
  CHECK(call("pi_monte_carlo", "[1000,7]", {.seed = 1}) ==
        call("pi_monte_carlo", "[1000]", {.index = 5, .attempt = 2, .seed = 7}));
  CHECK(call("pi_monte_carlo", "[1000]", {.seed = 1}) != call("pi_monte_carlo", "[1000]", {.seed = 2}));
  CHECK(std::abs(std::stod(call("pi_monte_carlo", "[200000]")) - 3.14159) < 0.02);
  CHECK_THROWS_AS((void)call("pi_monte_carlo", "[0]"), std::invalid_argument);
}

TEST_CASE("matmul_checksum is the sum over the product, whatever the tiles") {
  for (const long n : {1L, 3L, 64L, 65L, 100L}) {
    const auto size = static_cast<std::size_t>(n);
    Random random(0);
    std::vector<double> columns(size, 0),
        rows(size, 0);  // the sum of a*b is that of (column sum of a) * (row sum of b)
    for (std::size_t i = 0; i < size * size; ++i) columns[i % size] += random.unit();
    for (std::size_t i = 0; i < size * size; ++i) rows[i / size] += random.unit();
    double sum = 0;
    for (std::size_t i = 0; i < size; ++i) sum += columns[i] * rows[i];
    CHECK(std::stod(of("matmul_checksum", n)) == doctest::Approx(sum).epsilon(1e-12));
  }
  CHECK_THROWS_WITH_AS((void)of("matmul_checksum", 4097), "matmul_checksum takes n from 1 to 4096, got n = 4097",
                       std::invalid_argument);
  CHECK_THROWS_AS((void)of("matmul_checksum", 0), std::invalid_argument);
}
