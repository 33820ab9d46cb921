// Functions are found by name, and names that are none are guessed at.
#include "function/registry.hpp"
#include "function/edit_distance.hpp"
#include "function/typed_function.hpp"
#include "support/builtins.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace prun;
using namespace prun::test;

namespace {

using Names = std::vector<std::string_view>;

}  // namespace

TEST_CASE("the built-in functions are listed in their order, each with a line of help") {
  Names names;
  for (const auto& function : builtins().functions()) {
    names.push_back(function->name());
    CHECK_FALSE(function->help().empty());
    CHECK(builtins().find(function->name()) == function.get());
  }
  CHECK(names == Names{"fib", "n_fib", "ackermann", "identity", "sleep", "sha256", "is_prime", "factorize", "collatz",
                       "pi_monte_carlo", "matmul_checksum"});
}

TEST_CASE("an unknown name finds nothing") {
  CHECK(builtins().find("") == nullptr);
  CHECK(builtins().find("FIB") == nullptr);
}

TEST_CASE("a name that is taken is refused") {
  Registry registry;
  registry.add(make_function("one", "", [] { return 1; }));
  CHECK_THROWS_WITH_AS(registry.add(make_function("one", "", [] { return 2; })),
                       "a function named one is registered already", std::invalid_argument);
  CHECK(registry.functions().size() == 1);
}

TEST_CASE("near names come nearest first") {
  CHECK(builtins().nearest("fob") == Names{"fib"});
  CHECK(builtins().nearest("nfib") == Names{"fib", "n_fib"});
  CHECK(builtins().nearest("FIB") == Names{"fib"});
  CHECK(builtins().nearest("akcerman") == Names{"ackermann"});
  CHECK(builtins().nearest("isprime") == Names{"is_prime"});
  CHECK(builtins().nearest("matmul") == Names{"matmul_checksum"});
}

TEST_CASE("a name that is far from all has no near ones") {
  CHECK(builtins().nearest("").empty());
  CHECK(builtins().nearest("x").empty());
  CHECK(builtins().nearest("frobnicate").empty());
  CHECK(builtins().nearest(std::string(1'000'000, 'a')).empty());
}

TEST_CASE("edit distance counts insertions, deletions, replacements and swaps") {
  CHECK(edit_distance("", "") == 0);
  CHECK(edit_distance("", "abc") == 3);
  CHECK(edit_distance("abc", "") == 3);
  CHECK(edit_distance("kitten", "sitting") == 3);
  CHECK(edit_distance("fbi", "fib") == 1);
  CHECK(edit_distance("Fib", "fIB") == 0);
}
