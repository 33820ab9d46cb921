#include "ring/doorbell.hpp"

#include "ring/ring_support.hpp"
#include "sys/fd.hpp"
#include "sys/futex.hpp"

#include <doctest/doctest.h>

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <atomic>
#include <thread>

using prun::ring::Bell;
using prun::ring::Doorbell;
using prun::ring::Region;
using prun::test::small_region;

namespace {

struct Bells {
  Region region = small_region(1);
  prun::sys::Fd event{::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)};
  Doorbell bell{region.header()};
  Bells() { region.header().event_fd = event.get(); }

  std::uint64_t rings() const {  // since it was last asked
    std::uint64_t count = 0;
    return ::read(event.get(), &count, sizeof count) == sizeof count ? count : 0;
  }
};

}  // namespace

TEST_CASE("a silent bell costs no system call and tells nobody") {
  Bells b;
  CHECK(b.bell.armed() == Bell::silent);
  b.bell.ring();
  CHECK(b.rings() == 0);
}

TEST_CASE("arming the bell once allows one ring") {
  Bells b;
  b.bell.arm(Bell::event_any);
  CHECK_FALSE(b.bell.rung());
  b.bell.ring();
  b.bell.ring();
  CHECK(b.bell.rung());
  CHECK(b.rings() == 1);
}

TEST_CASE("a bell silenced again is not heard") {
  Bells b;
  b.bell.arm(Bell::event_batch);
  b.bell.silence();
  b.bell.ring();
  CHECK(b.rings() == 0);
}

TEST_CASE("the bell rings at any result, or only for a batch") {
  CHECK(wants_any(Bell::event_any));
  CHECK(wants_any(Bell::futex_any));
  CHECK_FALSE(wants_any(Bell::event_batch));
  CHECK_FALSE(wants_any(Bell::futex_batch));
  CHECK_FALSE(wants_any(Bell::silent));
}

TEST_CASE("no result is slept over: the event descriptor, then the bell's own word") {
  Bells b;
  for (const Bell kind : {Bell::event_any, Bell::futex_any}) {
    constexpr std::uint32_t results = 5000;
    std::atomic<std::uint32_t> sent{0};
    std::atomic<std::uint32_t> seen{0};
    std::thread worker([&] {
      Doorbell bell(b.region.header());
      for (std::uint32_t i = 1; i <= results; ++i) {
        sent.store(i);
        if (bell.armed() != Bell::silent) bell.ring();
        while (seen.load() < i) std::this_thread::yield();
      }
    });
    while (seen.load() < results) {
      b.bell.arm(kind);
      if (sent.load() == seen.load()) {
        if (kind == Bell::event_any) {
          pollfd wait{b.event.get(), POLLIN, 0};
          ::poll(&wait, 1, -1);
          b.rings();
        } else {
          prun::sys::futex_wait(b.region.header().bell, static_cast<std::uint32_t>(kind));
        }
      }
      b.bell.silence();
      seen.store(sent.load());
    }
    worker.join();
    CHECK(seen == results);
    b.rings();
  }
}
