// The consumer's side of a map: reads the input, passes items to the job, and takes outcomes from it.
#pragma once

#include "pypackage/codec.hpp"
#include "pypackage/pool.hpp"
#include "task/range.hpp"

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>

namespace prun::pypackage {

class Stream {
 public:
  Stream(std::shared_ptr<Pool> pool, StreamJob::Options options, std::uint32_t chunksize, bool for_executor);

  /// Reads up to `most` items of an iterator while there is room for them. @return false if it has ended
  /// @throws Raised if the pool accepts no new calls. An exception of the iterator is raised after the results.
  [[nodiscard]] bool fill(Object* iterator, std::uint64_t most);
  /// Adds a chunk of items that a thread has read, and waits until there is room for more. @return false if no more items are
  /// to be read
  [[nodiscard]] bool feed(Object* items);
  /// Sets the items to these ints. The iterator is not read.
  void read_range(const IntRange& range) noexcept { range_ = range; }
  /// Ends the input. @param error the exception of the input, or null
  void end_input(Ref error);
  /// Returns the next result. @throws Raised: StopIteration after the last result, TimeoutError after `seconds`
  [[nodiscard]] Ref next(Object* iterator, std::optional<double> seconds, Object* timeout_error);
  /// Returns all results, or raises the exception of the first failed item. Call it once.
  [[nodiscard]] Ref collect();

  [[nodiscard]] StreamJob& job() const noexcept { return *job_; }
  [[nodiscard]] Pool& pool() const noexcept { return *pool_; }
  /// No more results are taken. Calls that no worker has begun are not made.
  void cancel();

 private:
  struct Batch {
    std::deque<StreamJob::Piece> pieces;
    std::uint64_t items = 0;
    std::size_t bytes = 0;
    bool ended = false;
    Ref error;
  };
  [[nodiscard]] Batch read(Object* iterator, std::uint64_t most);
  [[nodiscard]] bool read_piece(Object* iterator, Batch& batch);
  [[nodiscard]] bool read_range_piece(Batch& batch);
  [[nodiscard]] std::unique_ptr<Outcome> put_item(StreamJob::Piece& piece, Object* item) const;
  void push(Batch& batch);
  [[nodiscard]] std::uint64_t room_left() const;
  void refill(Object* iterator);
  [[nodiscard]] bool await_result(Object* iterator, std::optional<double> seconds, Object* timeout_error);
  void take();

  std::shared_ptr<Pool> pool_;
  bool with_known_;  ///< items are tuples, see put_item
  Buffers buffers_;  ///< of items
  std::shared_ptr<StreamJob> job_;
  std::uint32_t chunksize_;
  bool for_executor_;
  std::optional<IntRange> range_;
  bool submitted_ = false;
  bool feeder_waits_ = false;
  bool refusal_raised_ = false;
  std::deque<Outcome> taken_;
  Ref input_error_;
};

}  // namespace prun::pypackage
