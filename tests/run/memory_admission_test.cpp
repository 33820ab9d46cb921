// Admission by memory: with a machine that the test makes up.
#include "run/memory_admission.hpp"

#include "function/registry.hpp"

#include <doctest/doctest.h>

using namespace prun;

namespace {

constexpr std::uint64_t GiB = std::uint64_t{1} << 30;

const Function& function_named(const char* name) {
  static Registry& registry = *[] {
    auto* made = new Registry;  // for as long as the tests run
    add_builtin_functions(*made);
    return made;
  }();
  return *registry.find(name);
}

const Function& large() { return function_named("matmul_checksum"); }
const Function& small() { return function_named("fib"); }

/// A large one has been run, and had 4 GiB at its peak.
MemoryAdmission after_one_large() {
  MemoryAdmission admission;
  admission.started(0, large());
  admission.ended(0, 4 * GiB);
  return admission;
}

}  // namespace

TEST_CASE("an unknown function is expected to need no memory") {
  MemoryAdmission admission;
  admission.started(0, large());
  CHECK(admission.admits(large(), {1, {}}));
  CHECK(admission.expected(large()) == 0);
}

TEST_CASE("a task may always start if no other task runs") {
  MemoryAdmission admission = after_one_large();
  CHECK(admission.admits(large(), {0, {}}));
}

TEST_CASE("a task waits until the peak memory of its function is free") {
  MemoryAdmission admission = after_one_large();
  admission.started(1, small());
  CHECK_FALSE(admission.admits(large(), {4 * GiB - 1, {}}));
  CHECK(admission.admits(large(), {4 * GiB, {}}));
  CHECK(admission.admits(small(), {0, {}}));
}

TEST_CASE("what running tasks are still expected to take is not free") {
  MemoryAdmission admission = after_one_large();
  admission.started(1, large());
  CHECK_FALSE(admission.admits(large(), {7 * GiB, {}}));  // it has not begun, or taken anything
  CHECK_FALSE(admission.admits(large(), {6 * GiB, {{1, GiB}}}));
  CHECK(admission.admits(large(), {7 * GiB, {{1, GiB}}}));
  CHECK(admission.admits(large(), {4 * GiB, {{1, 4 * GiB}}}));
  CHECK_FALSE(admission.admits(large(), {5 * GiB - 1, {{1, 5 * GiB}}}));  // it has more by now: so may others
  CHECK(admission.admits(large(), {5 * GiB, {{1, 5 * GiB}}}));
}

TEST_CASE("a task that has ended takes nothing any more, and its peak counts") {
  MemoryAdmission admission = after_one_large();
  admission.started(1, large());
  admission.started(2, small());
  CHECK_FALSE(admission.admits(large(), {4 * GiB, {}}));
  admission.ended(1, 3 * GiB);
  CHECK(admission.admits(large(), {4 * GiB, {}}));
  admission.started(3, large());
  admission.ended(3, 6 * GiB);
  CHECK(admission.expected(large()) == 6 * GiB);
  CHECK_FALSE(admission.admits(large(), {5 * GiB, {}}));
}

TEST_CASE("before a task of a function has ended, the current memory of its tasks is expected") {
  MemoryAdmission admission;
  admission.started(0, large());
  CHECK(admission.admits(large(), {3 * GiB, {{0, 2 * GiB}}}));
  CHECK(admission.expected(large()) == 2 * GiB);
  CHECK_FALSE(admission.admits(large(), {1 * GiB, {{0, 2 * GiB}}}));
}

TEST_CASE("an unmeasured attempt does not change the expectation") {
  MemoryAdmission admission = after_one_large();
  admission.started(1, large());
  admission.ended(1, 0);
  CHECK(admission.expected(large()) == 4 * GiB);
}
