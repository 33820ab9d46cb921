// Pools where the system gives fewer processes than they ask for.
#include "pool_support.hpp"

#include <prun/executor.hpp>
#include <prun/pool.hpp>
#include <prun/thread_pool.hpp>

#include <doctest/doctest.h>

#include <sys/resource.h>
#include <unistd.h>

#include <cstdio>
#include <string>
#include <system_error>

using namespace prun::test;

namespace {

/// In this process and its children, from now on. The limit does not hold for root, so that one becomes nobody first.
bool allow_processes(rlim_t count) {
  const rlimit limit{count, count};
  if (::setrlimit(RLIMIT_NPROC, &limit) != 0) return false;
  return ::getuid() != 0 || ::setresuid(65534, 65534, 65534) == 0;
}

}  // namespace

TEST_CASE("a pool that gets too few processes is not made, and names the limit") {
  for (const rlim_t count : {rlim_t{1}, rlim_t{3}}) {  // none; the one that starts the others, and one worker
    CAPTURE(count);
    Child child([count] {
      if (!allow_processes(count)) ::_exit(2);
      try {
        const prun::Pool pool{8};
        ::_exit(3);
      } catch (const std::system_error& e) {
        const std::string message = e.what();
        if (!message.starts_with("prun: ") || message.find("RLIMIT_NPROC") == std::string::npos) ::_exit(4);
        if (e.code() != std::errc::resource_unavailable_try_again) ::_exit(5);
      }
      ::_exit(0);
    });
    CHECK(child.wait() == 0);
  }
}

TEST_CASE("a pool of threads that gets too few of them is not made, and names the limit") {
  for (const rlim_t count : {rlim_t{1}, rlim_t{3}}) {
    CAPTURE(count);
    Child child([count] {
      if (!allow_processes(count)) ::_exit(2);
      try {
        const prun::ThreadPool pool{8};
        ::_exit(3);
      } catch (const std::system_error& e) {
        const std::string message = e.what();
        if (!message.starts_with("prun: ") || message.find("RLIMIT_NPROC") == std::string::npos) ::_exit(4);
      }
      ::_exit(0);
    });
    CHECK(child.wait() == 0);
  }
}

TEST_CASE("a spawned pool that gets too few processes is not made, and names the limit") {
  for (const rlim_t count : {rlim_t{1}, rlim_t{3}}) {
    CAPTURE(count);
    Child child([count] {
      if (!allow_processes(count)) ::_exit(2);
      try {
        const prun::Pool pool{8, {.start = prun::Start::spawn}};
        ::_exit(3);
      } catch (const std::system_error& e) {
        const std::string message = e.what();
        if (!message.starts_with("prun: ") || message.find("RLIMIT_NPROC") == std::string::npos) ::_exit(4);
      }
      ::_exit(0);
    });
    CHECK(child.wait() == 0);
  }
}

TEST_CASE("an executor of threads that gets no thread says so, and names the limit") {
  for (const rlim_t count : {rlim_t{1}, rlim_t{2}}) {  // not even its own; its own, and no worker
    CAPTURE(count);
    Child child([count] {
      if (!allow_processes(count)) ::_exit(2);
      std::string message;
      try {
        prun::ThreadPoolExecutor executor{{.max_workers = 2}};
        executor.submit(square, 2).result();
        ::_exit(::getuid() == 65534 ? 3 : 0);
      } catch (const prun::BrokenPoolError& e) {
        message = e.what();
      } catch (const std::system_error& e) {
        message = e.what();
      }
      ::_exit(message.find("RLIMIT_NPROC") == std::string::npos ? 4 : 0);
    });
    CHECK(child.wait() == 0);
  }
}

TEST_CASE("an executor that gets no worker fails its calls, and names the limit") {
  Child child([] {
    if (!allow_processes(2)) ::_exit(2);
    try {
      prun::ProcessPoolExecutor executor{{.max_workers = 2}};
      executor.submit(square, 2).result();
      ::_exit(::getuid() == 65534 ? 3 : 0);  // another user may have more processes already, or fewer
    } catch (const prun::BrokenPoolError& e) {
      if (std::string(e.what()).find("RLIMIT_NPROC") == std::string::npos) ::_exit(4);
    } catch (const std::system_error&) {  // not even the one that starts them
    }
    ::_exit(0);
  });
  CHECK(child.wait() == 0);
}
