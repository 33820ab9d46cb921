// A dispatcher between a backend in memory and a job that writes down what becomes of it: no process, no waiting.
#pragma once

#include "dispatch/dispatcher.hpp"
#include "ring/region.hpp"
#include "wire/failure.hpp"

#include <prun/detail/job.hpp>

#include <chrono>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace prun::test {

/// Publishes into a list; a worker claims from its front.
class FakeBackend final : public dispatch::Backend {
 public:
  struct Published {
    std::uint64_t ticket;
    ring::Chunk chunk;
  };

  [[nodiscard]] bool has_room() const override { return waiting.size() < room; }
  std::uint64_t publish(const ring::Chunk& chunk, std::uint64_t) override {
    waiting.push_back({next_ticket, chunk});
    return next_ticket++;
  }
  bool withdraw(std::uint64_t ticket) override {
    return std::erase_if(waiting, [ticket](const Published& p) { return p.ticket == ticket; }) == 1;
  }
  std::optional<std::uint32_t> recall(std::uint64_t ticket, std::uint32_t) override {
    recalls.push_back(ticket);
    const auto found = ends.find(ticket);
    return found == ends.end() ? std::nullopt : std::optional(found->second);
  }
  [[nodiscard]] std::chrono::nanoseconds handing_cost() const override { return cost; }
  Published claim() {
    const Published first = waiting.front();
    waiting.pop_front();
    return first;
  }

  std::deque<Published> waiting;
  std::map<std::uint64_t, std::uint32_t> ends;  ///< of chunks that have something to give, by ticket
  std::vector<std::uint64_t> recalls;           ///< tickets of which something was wanted
  std::chrono::nanoseconds cost{0};
  std::size_t room = 100;
  std::uint64_t next_ticket = 50;
};

/// Hands out what the test gives it; remembers every outcome of every index.
class ListedJob final : public detail::Job {
 public:
  bool next_chunk(detail::ChunkSpec& chunk) override {
    if (chunks.empty()) return false;
    chunk = chunks.front();
    chunks.pop_front();
    return true;
  }
  void on_value(std::uint64_t index, std::string_view value, const detail::AttemptInfo& info) override {
    told[index].push_back("value " + std::string(value));
    last_info = info;
  }
  void on_failure(std::uint64_t index, Failure&& failure, const detail::AttemptInfo& info) override {
    told[index].push_back("failure " + failure.message);
    last_info = info;
  }
  std::byte* place_piece(std::uint64_t index, const Piece& piece) override {
    if (!places) return nullptr;
    std::string& place = placed[index];
    place.resize(piece.at + piece.size);
    whole = piece.whole;
    return reinterpret_cast<std::byte*>(place.data()) + piece.at;
  }
  void on_placed(std::uint64_t index, const detail::AttemptInfo& info) override {
    told[index].push_back("placed " + placed[index]);
    last_info = info;
  }
  void on_discard(std::string_view payload, std::uint32_t first, std::uint32_t last) override {
    discarded.emplace_back(payload);
    discarded_items.emplace_back(first, last);
  }

  void on_rest(std::uint64_t first_index, std::uint32_t count, std::uint32_t) override {
    rests.emplace_back(first_index, count);
  }
  [[nodiscard]] bool may_split() override { return splits; }

  /// A chunk of `count` items behind those added before.
  ListedJob& items(std::uint32_t count, std::string payload = "args") {
    detail::ChunkSpec chunk;
    chunk.first_index = next_index;
    chunk.count = count;
    chunk.payload = std::move(payload);
    chunks.push_back(chunk);
    next_index += count;
    return *this;
  }
  ListedJob& range(std::uint32_t count, std::int64_t start, std::int64_t step, std::string payload = "f") {
    items(count, std::move(payload));
    chunks.back().is_range = true;
    chunks.back().start = start;
    chunks.back().step = step;
    return *this;
  }
  /// What became of an index: exactly one thing.
  std::string outcome(std::uint64_t index) const {
    const auto found = told.find(index);
    if (found == told.end()) return "none";
    return found->second.size() == 1 ? found->second.front() : "several";
  }

  std::deque<detail::ChunkSpec> chunks;
  std::uint64_t next_index = 0;
  std::map<std::uint64_t, std::vector<std::string>> told;
  std::vector<std::string> discarded;
  std::vector<std::pair<std::uint32_t, std::uint32_t>> discarded_items;
  std::vector<std::pair<std::uint64_t, std::uint32_t>> rests;  ///< of chunks, that went to another worker
  bool splits = true;
  bool places = false;  ///< large values come to the job's own memory
  std::map<std::uint64_t, std::string> placed;
  std::uint64_t whole = 0;
  detail::AttemptInfo last_info;
};

struct Desk {
  explicit Desk(std::uint32_t workers = 2, std::size_t bytes = std::size_t{8} << 20)
      : limits{.workers = workers, .bytes = bytes}, dispatcher(backend, arena, limits) {}

  std::shared_ptr<ListedJob> job() { return std::make_shared<ListedJob>(); }
  /// Worker `worker` sends a piece of a record.
  bool send(std::uint32_t worker, const ring::Chunk& chunk, std::uint32_t item, std::string_view payload,
            bool more = false, ring::RecordKind kind = ring::RecordKind::value) {
    const ring::RecordHeader header{
        static_cast<std::uint32_t>(payload.size()), kind, more, ring::Timed::no, 0, chunk.id, item};
    return dispatcher.on_record(worker, 1000 + static_cast<std::int32_t>(worker), {header, {}, payload});
  }
  /// The first piece of a value of `whole` bytes.
  bool send_first(std::uint32_t worker, const ring::Chunk& chunk, std::uint64_t whole, std::string_view piece,
                  bool more = true, ring::RecordKind kind = ring::RecordKind::value) {
    const std::string payload = std::string(reinterpret_cast<const char*>(&whole), sizeof whole).append(piece);
    const ring::RecordHeader header{
        static_cast<std::uint32_t>(payload.size()), kind, more, ring::Timed::no, 1, chunk.id, 0};
    return dispatcher.on_record(worker, 1000 + static_cast<std::int32_t>(worker), {header, {}, payload});
  }
  void lose(std::uint32_t worker, const FakeBackend::Published& held, std::uint64_t begun) {
    dispatcher.on_worker_lost({worker, named("lost"), held.ticket, begun});
  }
  static Failure named(std::string message) {
    Failure failure;
    failure.message = std::move(message);
    return failure;
  }
  /// The bytes that a worker finds as the chunk's payload.
  std::string payload(const ring::Chunk& chunk) const {
    const auto bytes = [](const void* at, std::size_t size) { return std::string(static_cast<const char*>(at), size); };
    switch (chunk.kind) {
      case ring::PayloadKind::inline_items: return bytes(chunk.data, chunk.size);
      case ring::PayloadKind::arena_items: return bytes(arena.at(chunk.place.offset), chunk.size);
      case ring::PayloadKind::inline_range: return bytes(&chunk.range.callable, chunk.size);
      case ring::PayloadKind::arena_range: return bytes(arena.at(chunk.range.callable), chunk.size);
    }
    return {};
  }

  ring::Region region{{.workers = 1, .slots = 2, .result_bytes = 4096, .arena_bytes = std::size_t{4} << 20}};
  ring::Arena arena{region};
  FakeBackend backend;
  dispatch::Dispatcher::Limits limits;
  dispatch::Dispatcher dispatcher;
};

}  // namespace prun::test
