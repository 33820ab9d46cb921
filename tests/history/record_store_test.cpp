// Records in memory, and beyond that in a temporary file.
#include "history/record_store.hpp"

#include <doctest/doctest.h>

#include <cstdint>
#include <cstdlib>
#include <string>

using prun::history::RecordStore;

namespace {

void check_numbers(const RecordStore<std::uint64_t>& store, std::uint64_t count) {
  std::uint64_t next = 0;
  bool in_order = true;
  store.for_each([&](std::uint64_t number) { in_order = in_order && number == next++; });
  CHECK(in_order);
  CHECK(next == count);
  CHECK(store.size() == count);
}

}  // namespace

TEST_CASE("records are read back in order, from memory and from the file") {
  for (const std::uint64_t count : {0ULL, 1ULL, 262'143ULL, 262'144ULL, 524'288ULL, 524'289ULL, 1'500'000ULL}) {
    CAPTURE(count);
    RecordStore<std::uint64_t> store(60'000);
    for (std::uint64_t i = 0; i < count; ++i) store.add(i);
    check_numbers(store, count);
    CHECK_FALSE(store.error());
  }
}

TEST_CASE("if there is no room for a temporary file, the first records stay and the error has the reason") {
  const char* before = std::getenv("TMPDIR");
  const std::string restored = before != nullptr ? before : "";
  ::setenv("TMPDIR", "/dev/null", 1);
  RecordStore<std::uint64_t> store(1);
  for (std::uint64_t i = 0; i < 1'000'000; ++i) store.add(i);
  before != nullptr ? ::setenv("TMPDIR", restored.c_str(), 1) : ::unsetenv("TMPDIR");
  check_numbers(store, 524'288);
  REQUIRE(store.error());
  CHECK(store.error()->find("cannot create a temporary file") != std::string::npos);
}
