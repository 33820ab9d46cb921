#include "dispatch/dispatch_support.hpp"

#include <doctest/doctest.h>

using prun::test::Desk;

namespace {

/// Two jobs of three chunks each, of which one each is claimed, one waits and one is not handed out yet.
struct TwoJobs : Desk {
  std::shared_ptr<prun::test::ListedJob> a = job();
  std::shared_ptr<prun::test::ListedJob> b = job();
  prun::test::FakeBackend::Published held_a;
  prun::test::FakeBackend::Published held_b;
  TwoJobs() {
    a->items(1, "a0").items(2, "a1");
    b->items(1, "b0").items(1, "b1");
    dispatcher.enqueue(a);
    dispatcher.enqueue(b);
    dispatcher.feed();
    held_a = backend.claim();
    std::swap(backend.waiting[0], backend.waiting[1]);
    held_b = backend.claim();
    backend.room = 0;
    a->items(1, "a2");
    b->items(1, "b2");
    dispatcher.enqueue(a);
    dispatcher.enqueue(b);
  }
};

}  // namespace

TEST_CASE("cancel ends the unclaimed chunks of only that job") {
  TwoJobs desk;
  desk.dispatcher.cancel(*desk.a, Desk::named("cancelled"));
  for (const std::uint64_t index : {1U, 2U, 3U}) CHECK(desk.a->outcome(index) == "failure cancelled");
  CHECK(desk.a->outcome(0) == "none");
  CHECK(desk.a->discarded == std::vector<std::string>{"a1", "a2"});
  CHECK(desk.b->told.empty());
  CHECK(desk.send(0, desk.held_a.chunk, 0, "done all the same"));
  CHECK(desk.a->outcome(0) == "value done all the same");
}

TEST_CASE("a worker drops the rest of its chunk of any size in one record") {
  struct CountingJob final : prun::detail::Job {
    bool next_chunk(prun::detail::ChunkSpec& chunk) override {
      chunk.count = std::uint32_t{1} << 30U;
      chunk.is_range = true;
      chunk.step = 1;
      return handed_out++ == 0;
    }
    void on_value(std::uint64_t, std::string_view, const prun::detail::AttemptInfo&) override { ++ended; }
    void on_failure(std::uint64_t, prun::Failure&&, const prun::detail::AttemptInfo&) override { ++ended; }
    void on_failures(std::uint64_t first, std::uint64_t count, const prun::Failure& failure,
                     const prun::detail::AttemptInfo&) override {
      CHECK(first == 1);
      CHECK(failure.message == "dropped");
      ended += count;
    }
    int handed_out = 0;
    std::uint64_t ended = 0;
  };
  Desk desk;
  const auto job = std::make_shared<CountingJob>();
  desk.dispatcher.enqueue(job);
  desk.dispatcher.feed();
  const auto chunk = desk.backend.claim().chunk;
  CHECK(desk.send(0, chunk, 0, "x"));
  std::string failure;
  prun::wire::encode_failure(Desk::named("dropped"), failure);
  CHECK(desk.send(0, chunk, 1, failure, false, prun::ring::RecordKind::dropped));
  CHECK(job->ended == chunk.count);
  CHECK(desk.dispatcher.idle());
  CHECK_FALSE(desk.send(0, chunk, 2, "x"));
}

TEST_CASE("the rest of a dead worker's chunk is cancelled too") {
  TwoJobs desk;
  const auto waiting = desk.backend.claim();
  desk.lose(0, waiting, 0);
  desk.dispatcher.cancel(*desk.a, Desk::named("cancelled"));
  desk.dispatcher.cancel(*desk.b, Desk::named("cancelled"));
  desk.backend.room = 100;
  CHECK(desk.dispatcher.feed() == 0);
  CHECK(desk.send(0, desk.held_a.chunk, 0, "x"));
  CHECK(desk.send(0, desk.held_b.chunk, 0, "x"));
  CHECK(desk.dispatcher.idle());
}

TEST_CASE("fail_all fails waiting calls, and with `running` also running ones") {
  TwoJobs desk;
  desk.dispatcher.fail_all(Desk::named("ended"), false);
  CHECK(desk.a->told.size() == 3);
  CHECK(desk.b->told.size() == 2);
  CHECK(desk.dispatcher.in_flight() == 2);
  desk.dispatcher.fail_all(Desk::named("ended"), true);
  CHECK(desk.a->outcome(0) == "failure ended");
  CHECK(desk.b->outcome(0) == "failure ended");
  CHECK(desk.dispatcher.idle());
}

TEST_CASE("items that a worker has held are not discarded, because it may have moved them out of the payload") {
  TwoJobs desk;
  desk.dispatcher.fail_all(Desk::named("ended"), true);
  CHECK(desk.a->discarded == std::vector<std::string>{"a1", "a2"});
}

TEST_CASE("every call has an outcome when the dispatcher is destroyed") {
  auto job = std::make_shared<prun::test::ListedJob>();
  {
    Desk desk;
    job->items(2).items(1);
    desk.dispatcher.enqueue(job);
    desk.dispatcher.feed();
    static_cast<void>(desk.backend.claim());
  }
  for (const std::uint64_t index : {0U, 1U, 2U}) CHECK(job->outcome(index) == "failure the pool was ended");
  CHECK(job.use_count() == 1);
}
