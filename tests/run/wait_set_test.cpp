// What a wait ends with, and what is done then.
#include "run/wait_set.hpp"

#include "sys/fd.hpp"

#include <doctest/doctest.h>

#include <sys/eventfd.h>
#include <unistd.h>

#include <string>

using namespace prun;

namespace {

struct Event {
  sys::Fd fd{::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)};
  void raise() const { REQUIRE(::eventfd_write(fd.get(), 1) == 0); }
};

}  // namespace

TEST_CASE("only ready descriptors are served, in the order in which they were added") {
  const Event a;
  const Event b;
  const Event c;
  std::string served;
  WaitSet waits;
  waits.add_readable(c.fd.get(), [&] { served += "c"; });
  waits.add_readable(b.fd.get(), [&] { served += "b"; });
  waits.add_readable(a.fd.get(), [&] { served += "a"; });
  waits.add_readable(-1, [&] { served += "none"; });
  a.raise();
  c.raise();
  waits.wait(std::nullopt);
  waits.serve();
  CHECK(served == "ca");
}

TEST_CASE("after a wait whose time is over, nothing is served") {
  const Event a;
  std::string served;
  WaitSet waits;
  waits.add_readable(a.fd.get(), [&] { served += "a"; });
  waits.wait(std::chrono::nanoseconds(-5));
  waits.serve();
  CHECK(served.empty());
}

TEST_CASE("an action receives how its descriptor is ready, and a set can be reused") {
  int ends[2];
  REQUIRE(::pipe(ends) == 0);
  ::close(ends[0]);
  short seen = 0;
  WaitSet waits;
  waits.add(ends[1], 0, [&](short revents) { seen = revents; });
  waits.wait(std::nullopt);
  waits.serve();
  CHECK((seen & POLLERR) != 0);
  waits.clear();
  seen = 0;
  waits.wait(std::chrono::nanoseconds(0));
  waits.serve();
  CHECK(seen == 0);
  ::close(ends[1]);
}
