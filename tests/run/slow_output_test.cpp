// A run's job whose listener writes for a reader that reads when the test says so.
#include "run/run_job.hpp"

#include "function/registry.hpp"
#include "wire/value.hpp"

#include <doctest/doctest.h>

#include <fcntl.h>
#include <unistd.h>

#include <cstdint>
#include <memory>
#include <string>

using namespace prun;

namespace {

/// identity(7), without an end, or so many times.
class Sevens final : public TaskSource {
 public:
  explicit Sevens(std::uint64_t count) : left_(count) { add_builtin_functions(registry); }
  Pull next(Task& task) override {
    if (left_ == 0) return Pull::end;
    --left_;
    task = Task{registry.find("identity"), std::string("\x91\x07", 2), {}, {}, {}};
    return Pull::task;
  }
  [[nodiscard]] std::optional<std::uint64_t> remaining() const override { return left_; }
  [[nodiscard]] const InputError& error() const override { return error_; }

  Registry registry;

 private:
  std::uint64_t left_;
  InputError error_;
};

/// Writes each result to a pipe.
class Writing final : public Listener {
 public:
  Writing() {
    REQUIRE(::pipe2(ends_, O_CLOEXEC) == 0);
    ::fcntl(ends_[0], F_SETFL, O_NONBLOCK);
    out = std::make_unique<OutputBuffer>(ends_[1], "a pipe", OutputBuffer::SlowReader::lets_wait);
  }
  Writing(const Writing&) = delete;
  Writing& operator=(const Writing&) = delete;
  ~Writing() override {
    static_cast<void>(out->give_up_rest());
    ::close(ends_[0]);
    ::close(ends_[1]);
  }
  void on_task(const TaskEvent& event) override { out->write(event.value); }
  /// Reads until nothing waits; so many bytes.
  std::size_t read_all() {
    std::size_t bytes = 0;
    std::string block(1 << 16, '\0');
    for (;;) {
      const ssize_t got = ::read(ends_[0], block.data(), block.size());
      if (got > 0) bytes += static_cast<std::size_t>(got);
      out->reader_is_ready();
      out->push();
      if (got <= 0 && out->empty()) return bytes;
    }
  }
  std::unique_ptr<OutputBuffer> out;

 private:
  int ends_[2] = {-1, -1};
};

constexpr std::size_t bound = 1'000'000;

struct Desk {
  Desk(Mode mode, std::uint64_t tasks)
      : source(tasks), nowhere(::open("/dev/null", O_WRONLY | O_CLOEXEC)), err(nowhere.get(), "nowhere") {
    RunOptions options;
    options.mode = mode;
    options.workers = 2;
    options.chunksize = 1;
    options.window_bytes = bound;
    job = std::make_shared<RunJob>(options, source.registry, source, listener, [](const InputError&) {});
    job->watch_outputs(*listener.out, err);
  }
  /// Hands out one chunk and ends it with a large result. False: none is handed out.
  bool run_one() {
    detail::ChunkSpec chunk;
    if (!job->next_chunk(chunk)) return false;
    job->on_value(chunk.first_index, std::string(100'000, 'x'), {});
    return true;
  }

  Sevens source;
  Writing listener;
  sys::Fd nowhere;
  OutputBuffer err;
  std::shared_ptr<RunJob> job;
};

}  // namespace

TEST_CASE("no task is handed out while more than may wait waits for the output's reader") {
  for (const Mode mode : {Mode::imap, Mode::imap_unordered}) {
    Desk desk(mode, 1000);
    std::size_t ran = 0;
    while (ran < 100 && desk.run_one()) ++ran;
    CHECK(ran >= 10);
    CHECK(ran <= 12);
    CHECK_FALSE(desk.job->wants_queueing());
    CHECK(desk.listener.read_all() == ran * 100'000);
    CHECK(desk.job->wants_queueing());
    CHECK(desk.run_one());
  }
}

TEST_CASE("map tells the rest when the output's reader has taken what was told") {
  Desk desk(Mode::map, 50);
  std::size_t ran = 0;
  while (desk.run_one()) ++ran;
  CHECK(ran == 50);
  CHECK_FALSE(desk.job->finished());
  CHECK(desk.listener.out->waiting_text() <= bound + 100'000);
  std::size_t bytes = 0;
  while (!desk.job->finished()) {
    bytes += desk.listener.read_all();
    desk.job->tell_more();
  }
  bytes += desk.listener.read_all();
  CHECK(bytes == 5'000'000);
}

TEST_CASE("closed early, a run tells no more than its output has room for") {
  Desk desk(Mode::map, 50);
  for (int i = 0; i < 40; ++i) CHECK(desk.run_one());
  desk.job->close();
  CHECK_FALSE(desk.job->tell_done());
  std::size_t bytes = 0;
  while (!desk.job->tell_done()) bytes += desk.listener.read_all();
  bytes += desk.listener.read_all();
  CHECK(bytes == 4'000'000);
}
