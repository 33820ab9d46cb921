#include "worker/call_usage.hpp"

#include <prun/detail/child_usage.hpp>

#include <doctest/doctest.h>

#include <sys/mman.h>

#include <chrono>
#include <cstdlib>

using prun::ring::Stamps;
using prun::ring::Timed;
using prun::worker::CallUsage;

namespace {

std::int64_t now_ns() { return std::chrono::nanoseconds(std::chrono::steady_clock::now().time_since_epoch()).count(); }

std::int64_t used_us() {
  rusage now{};
  ::getrusage(RUSAGE_SELF, &now);
  return (now.ru_utime.tv_sec + now.ru_stime.tv_sec) * 1'000'000L + now.ru_utime.tv_usec + now.ru_stime.tv_usec;
}

void work_for(std::chrono::nanoseconds time) {
  for (const auto until = now_ns() + time.count(); now_ns() < until;) {
  }
}

void touch_pages(std::size_t count) {
  const std::size_t size = count * 4096;
  void* memory = ::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  REQUIRE(memory != MAP_FAILED);
  ::madvise(memory, size, MADV_NOHUGEPAGE);
  for (std::size_t i = 0; i < size; i += 4096) static_cast<volatile char*>(memory)[i] = 1;
  ::munmap(memory, size);
}

/// Calls that follow each other at once, as a worker makes them.
struct Calls {
  prun::ring::UsedBefore used_before;
  CallUsage usage{used_before};
  std::int64_t started = now_ns();

  template <class Call>
  Stamps run(Call call) {
    usage.begin(started);
    call();
    const std::int64_t now = now_ns();
    Stamps stamps{};
    stamps.duration = now - started;
    usage.end(stamps, now);
    started = now;
    if (stamps.timed == Timed::assumed) stamps.user_us = stamps.duration / 1000;  // as the consumer reads it
    if (stamps.timed == Timed::usage) CHECK(stamps.max_rss_kib > 0);
    REQUIRE(stamps.timed >= Timed::usage);
    return stamps;
  }
};

}  // namespace

TEST_CASE("the first call is measured, however short") {
  Calls calls;
  CHECK(calls.run([] { touch_pages(8); }).minor_faults >= 8);
}

TEST_CASE("a long call is measured, wherever it stands") {
  Calls calls;
  calls.run([] {});
  const Stamps stamps = calls.run([] {
    touch_pages(100);
    work_for(std::chrono::milliseconds(2));
  });
  CHECK(stamps.minor_faults >= 100);
  CHECK(stamps.user_us + stamps.system_us > 0);
}

TEST_CASE("short calls that follow at once are given their time, and the sum is right") {
  Calls calls;
  const std::int64_t before = used_us();
  std::int64_t given = 0;
  for (int i = 0; i < 2'000; ++i) {
    const Stamps stamps = calls.run([] { work_for(std::chrono::microseconds(5)); });
    given += stamps.user_us + stamps.system_us;
  }
  const Stamps last = calls.run([] { work_for(std::chrono::microseconds(150)); });
  given += last.user_us + last.system_us;
  const std::int64_t used = used_us() - before;
  CHECK(given > used / 2);
  CHECK(given <= used + used / 10 + 1000);
}

TEST_CASE("calls that are shorter than a microsecond lose no time") {
  Calls calls;
  const std::int64_t before = used_us();
  std::int64_t given = 0;
  for (int i = 0; i < 100'000; ++i) {
    const Stamps stamps = calls.run([] {});
    given += stamps.user_us + stamps.system_us;
  }
  const std::int64_t used = used_us() - before;
  CHECK(given > used / 2);
  CHECK(given <= used + used / 10 + 1000);
}

TEST_CASE("after a pause the next call is measured again") {
  Calls calls;
  calls.run([] {});
  calls.usage.pause();
  calls.started = now_ns();
  CHECK(calls.run([] { touch_pages(8); }).minor_faults >= 8);
}

TEST_CASE("a command's usage is added to its call") {
  Calls calls;
  calls.run([] {});
  const Stamps stamps = calls.run([] {
    prun::Usage child;
    child.user = std::chrono::seconds(3);
    child.max_rss = 1 << 30;
    prun::detail::count_child(child);
  });
  CHECK(stamps.user_us >= 3'000'000);
  CHECK(stamps.max_rss_kib == 1 << 20);
  const Stamps next = calls.run([] {});
  CHECK(next.timed == Timed::usage);
  CHECK(next.max_rss_kib < 1 << 20);
}

TEST_CASE("the usage at the start of a call is stored in case the call is the last") {
  Calls calls;
  calls.run([] {
    touch_pages(100);
    prun::Usage child;
    child.user = std::chrono::seconds(3);
    child.max_rss = 1 << 20;
    prun::detail::count_child(child);
  });
  rusage now{};
  ::getrusage(RUSAGE_SELF, &now);
  const std::int64_t own = now.ru_utime.tv_sec * 1'000'000L + now.ru_utime.tv_usec;
  CHECK(calls.used_before.user_us.load() >= 3'000'000);
  CHECK(calls.used_before.user_us.load() <= 3'000'000 + own);
  CHECK(calls.used_before.minor_faults.load() >= 100);
  CHECK(calls.used_before.minor_faults.load() <= now.ru_minflt);
}
