// Start::spawn: workers of a program that is executed once more. This program's own static variables, threads and addresses
// are the subject; tests/install has programs that are linked in other ways.
#include "pool_support.hpp"

#include "support/process_tree.hpp"

#include <prun/executor.hpp>
#include <prun/pool.hpp>
#include <prun/thread_pool.hpp>

#include <dlfcn.h>
#include <doctest/doctest.h>
#include <signal.h>

#include <array>
#include <atomic>
#include <cstdlib>
#include <ctime>
#include <functional>
#include <map>
#include <mutex>
#include <numeric>
#include <optional>
#include <ranges>
#include <string>
#include <system_error>
#include <thread>
#include <tuple>
#include <utility>
#include <variant>
#include <vector>

using namespace prun::test;

namespace {

const prun::PoolOptions spawned{.start = prun::Start::spawn};

const std::map<std::string, int> words{{"one", 1}, {"two", 2}, {"three", 3}};
int in_main = 0;
int initialized = 0;
std::mutex shared_mutex;

int number_of(const std::string& word) { return words.at(word); }
long twice(long x) { return 2 * x; }

struct Shape {
  int sides = 0;
  [[nodiscard]] int corners(int of) const { return sides * of; }
};

/// Holds a mutex for as long as it lives, in a thread of its own.
class BusyThread {
 public:
  explicit BusyThread(std::mutex& mutex) {
    thread_ = std::thread([this, &mutex] {
      const std::lock_guard guard(mutex);
      held_.post();
      static_cast<void>(stop_.wait());
    });
    static_cast<void>(held_handle_.wait());
  }
  BusyThread(const BusyThread&) = delete;
  BusyThread& operator=(const BusyThread&) = delete;
  ~BusyThread() {
    stop_.post();
    thread_.join();
  }

 private:
  const Semaphore held_semaphore_, stop_semaphore_;
  Event held_ = held_semaphore_.handle(), held_handle_ = held_semaphore_.handle(), stop_ = stop_semaphore_.handle();
  std::thread thread_;
};

int worker_pid_of(prun::Pool& pool) { return pool.apply(own_pid, 0); }

}  // namespace

TEST_CASE("a spawned pool maps, streams and sends exceptions as a forked one does") {
  prun::Pool pool{2, spawned};
  CHECK(pool.map(square, std::views::iota(0, 1000)).back() == 999 * 999);
  CHECK(pool.starmap(add, std::vector<std::pair<long, long>>{{1, 2}, {3, 4}}) == std::vector<long>{3, 7});
  long sum = 0;
  for (const long x : pool.imap(square, std::vector<long>{1, 2, 3})) sum += x;
  CHECK(sum == 14);
  CHECK_THROWS_WITH_AS(pool.map(even_or_throw, {1, 2}), "odd: 1", std::domain_error);
  const std::string large(1 << 20, 'x');
  CHECK(pool.apply([](const std::string& text) { return text + "!"; }, large).size() == large.size() + 1);
}

TEST_CASE("a spawned executor starts its workers as there is work") {
  prun::ProcessPoolExecutor executor{{.max_workers = 2, .start = prun::Start::spawn}};
  CHECK(executor.worker_pids().empty());
  CHECK(executor.submit(square, 7L).result() == 49);
  long sum = 0;
  for (const long x : executor.map(square, std::vector<long>{1, 2, 3})) sum += x;
  CHECK(sum == 14);
}

TEST_CASE("static variables of the program are made before a spawned worker calls a function") {
  prun::Pool pool{1, spawned};
  CHECK(pool.map(number_of, std::vector<std::string>{"one", "two", "three"}) == std::vector{1, 2, 3});
}

TEST_CASE("a spawned worker has nothing that main has created") {
  in_main = 7;
  prun::Pool forked{1};
  prun::Pool pool{1, spawned};
  const auto value = [](int) { return in_main; };
  CHECK(forked.apply(value, 0) == 7);
  CHECK(pool.apply(value, 0) == 0);
}

TEST_CASE("a spawned worker does not wait for a mutex that a thread of the program holds") {
  const BusyThread busy(shared_mutex);
  prun::Pool pool{2, spawned};
  const auto locked = [](int x) {
    const std::lock_guard guard(shared_mutex);
    return x + 1;
  };
  CHECK(pool.map(locked, {1, 2, 3}) == std::vector{2, 3, 4});
}

TEST_CASE("spawned pools work in a program whose threads keep the C library's locks") {
  std::atomic<bool> stop{false};
  std::vector<std::thread> threads;
  for (int i = 0; i < 2; ++i) {
    threads.emplace_back([&stop] {
      while (!stop) {
        const std::time_t now = std::time(nullptr);
        std::tm parts{};
        ::localtime_r(&now, &parts);
        ::setenv("PRUN_TEST_BUSY", "1", 1);
      }
    });
  }
  const auto uses_both = [](int x) {
    const std::time_t now = std::time(nullptr);
    std::tm parts{};
    ::setenv("PRUN_TEST_BUSY", "2", 1);
    return ::localtime_r(&now, &parts) != nullptr ? x : -1;
  };
  for (int i = 0; i < 5; ++i) {
    prun::Pool pool{2, spawned};
    CHECK(pool.map(uses_both, {1, 2, 3, 4}) == std::vector{1, 2, 3, 4});
  }
  stop = true;
  for (std::thread& thread : threads) thread.join();
}

TEST_CASE("a dead worker of a spawned pool is replaced, and so is its dead server") {
  prun::Pool pool{1, spawned};
  const int first = worker_pid_of(pool);
  CHECK_THROWS_AS(pool.apply([](int) { return ::raise(SIGKILL); }, 0), prun::WorkerLostError);
  const int second = worker_pid_of(pool);
  CHECK(second != first);
  CHECK_THROWS_AS(pool.apply([](int) { return ::kill(::getppid(), SIGKILL), ::pause(); }, 0), prun::WorkerLostError);
  CHECK(worker_pid_of(pool) != second);
  CHECK(pool.apply(number_of, std::string("two")) == 2);
}

TEST_CASE("a spawned worker is replaced after so many tasks") {
  prun::Pool pool{1, {.max_tasks_per_child = 1, .start = prun::Start::spawn}};
  CHECK(worker_pid_of(pool) != worker_pid_of(pool));
}

TEST_CASE("the initializer runs in a spawned worker, and its exception breaks the pool") {
  const int number = 41;
  prun::Pool pool{1, {.initializer = [number] { initialized = number; }, .start = prun::Start::spawn}};
  CHECK(pool.apply([](int x) { return initialized + x; }, 1) == 42);
  CHECK(initialized == 0);
  prun::Pool broken{1, {.initializer = [] { throw std::runtime_error("no"); }, .start = prun::Start::spawn}};
  CHECK_THROWS_AS(broken.apply(square, 1L), prun::BrokenPoolError);
}

TEST_CASE("an initializer that cannot go to a spawned worker is refused") {
  const std::string text = "text";
  CHECK_THROWS_AS(
      (prun::Pool{
          1, {.initializer = [text] { initialized = static_cast<int>(text.size()); }, .start = prun::Start::spawn}}),
      std::invalid_argument);
}

TEST_CASE("functions and static variables that callables name are found in a spawned worker") {
  prun::Pool pool{1, spawned};
  long (*const function)(long) = twice;
  CHECK(pool.apply([function](long x) { return function(x); }, 4L) == 8);
  CHECK(pool.apply([map = &words](const std::string& word) { return map->at(word); }, std::string("two")) == 2);
  CHECK(pool.apply(std::function<long(long)>(twice), 5L) == 10);
  CHECK(pool.apply(std::bind_front(std::plus<long>(), 3L), 4L) == 7);
  CHECK(pool.apply(std::bind_front([](long (*f)(long), long x) { return f(x); }, twice), 6L) == 12);
  CHECK(pool.apply(&Shape::corners, Shape{4}, 3) == 12);
}

TEST_CASE("functions are arguments and results of spawned workers") {
  using Function = long (*)(long);
  prun::Pool pool{1, spawned};
  const auto call = [](Function f, long x) { return f(x); };
  CHECK(pool.starmap(call, std::vector<std::tuple<Function, long>>{{twice, 2}, {square, 3}}) ==
        std::vector<long>{4, 9});
  const bool same = pool.apply([](int) -> Function { return twice; }, 0) == &twice;
  CHECK(same);
  const auto both = pool.apply([](int) { return std::vector<Function>{twice, square}; }, 0);
  CHECK(both.at(0)(5) == 10);
  CHECK(both.at(1)(5) == 25);
  const auto error = pool.apply([](int) { return std::make_error_code(std::errc::timed_out); }, 0);
  CHECK(error == std::errc::timed_out);
  CHECK(error.category() == std::generic_category());
}

TEST_CASE("a function in a variant is found in a spawned worker, and in the program when it comes back") {
  using Either = std::variant<long (*)(long), std::string>;
  prun::Pool pool{1, spawned};
  CHECK(pool.apply([](const Either& e) { return std::get<0>(e)(3); }, Either(square)) == 9);
  CHECK(std::get<0>(pool.apply([](const std::string&) { return Either(square); }, std::string()))(3) == 9);
}

TEST_CASE("a function of a library that was loaded later is found in a spawned worker") {
  prun::Pool pool{1, spawned};
  void* const library = ::dlopen(PRUN_TEST_PLUGIN_DIR "/native/c_functions.so", RTLD_NOW);
  REQUIRE_MESSAGE(library != nullptr, ::dlerror());
  const auto function = reinterpret_cast<std::int64_t (*)(std::int64_t)>(::dlsym(library, "same_int64"));
  REQUIRE((function != nullptr));
  CHECK(pool.apply(function, std::int64_t{9}) == 9);
  ::dlclose(library);
}

TEST_CASE("a pool in a function that a spawned worker runs is forked, spawned, or of threads") {
  prun::Pool pool{1, spawned};
  const auto nested = [](int kind) {
    if (kind == 0) return prun::Pool{1}.apply(twice, 3L);
    if (kind == 1) return prun::Pool{1, {.start = prun::Start::spawn}}.apply(twice, 4L);
    return prun::ThreadPool{1}.apply(twice, 5L);
  };
  CHECK(pool.map(nested, {0, 1, 2}) == std::vector<long>{6, 8, 10});
}

TEST_CASE("the workers of a spawned pool are gone when it ends") {
  std::unique_ptr<Witness> witness;
  {
    prun::Pool pool{2, spawned};
    witness = std::make_unique<Witness>(pool.worker_pids());
  }
  CHECK(witness->all_ended_within(std::chrono::milliseconds(0)));
}

TEST_CASE("threads cannot be spawned") {
  CHECK_THROWS_AS((prun::ThreadPool{1, {.start = prun::Start::spawn}}), std::invalid_argument);
}
