#include "pypackage/stream.hpp"

#include "pypackage/codec.hpp"

#include <algorithm>
#include <utility>

namespace prun::pypackage {
namespace {

constexpr std::uint64_t first_batch = 16;  // so that workers begin at once
constexpr std::uint64_t most_in_batch = 1024;
constexpr std::size_t most_bytes_in_batch = std::size_t{1} << 20;

}  // namespace

Stream::Stream(std::shared_ptr<Pool> pool, StreamJob::Options options, std::uint32_t chunksize, bool for_executor)
    : pool_(std::move(pool)),
      with_known_(options.recorded),
      buffers_(argument_buffers(options.retries)),
      job_(std::make_shared<StreamJob>(pool_->core(), pool_->table(), std::move(options))),
      chunksize_(chunksize),
      for_executor_(for_executor) {}

// If the input raises in the middle of a chunk, the chunk is not called, and its items are lost, as in Python's pools.
bool Stream::read_piece(Object* iterator, Batch& batch) {
  if (range_) return read_range_piece(batch);
  StreamJob::Piece piece;
  const auto give = [&batch](StreamJob::Piece&& given) {
    batch.items += given.count;
    batch.bytes += given.items.size();
    batch.pieces.push_back(std::move(given));
  };
  while (piece.count < chunksize_) {
    const Ref item(api.PyIter_Next(iterator));
    if (!item) {
      batch.ended = true;
      batch.error = take_exception();
      if (piece.count != 0 && !batch.error) give(std::move(piece));
      return false;
    }
    if (auto known = put_item(piece, item.get())) {
      if (piece.count != 0) give(std::exchange(piece, {}));
      piece.known = std::move(known);
      piece.count = 1;
      break;
    }
  }
  give(std::move(piece));
  return true;
}

/// Adds an item to the piece. @return null, or its outcome if it is not to be called
std::unique_ptr<Outcome> Stream::put_item(StreamJob::Piece& piece, Object* item) const {
  try {
    if (with_known_ && py.PyTuple_GetItem(item, 1) == py.yes) {
      std::string value;
      encode(value, py.PyTuple_GetItem(item, 0), Buffers::in_place);
      return std::make_unique<Outcome>(value);
    }
    encode(piece.items, with_known_ ? py.PyTuple_GetItem(item, 0) : item, buffers_);
    ++piece.count;
    return nullptr;
  } catch (const Raised&) {
    return std::make_unique<Outcome>(unsendable());
  }
}

bool Stream::read_range_piece(Batch& batch) {
  const auto count = static_cast<std::uint32_t>(std::min<std::uint64_t>(chunksize_, range_->count));
  batch.ended = count == range_->count;
  if (count == 0) return false;
  StreamJob::Piece piece;
  piece.count = count;
  piece.is_range = true;
  piece.start = range_->start;
  piece.step = range_->step;
  range_ = range_->slice(count, range_->count - count);
  batch.items += count;
  batch.pieces.push_back(std::move(piece));
  return !batch.ended;
}

Stream::Batch Stream::read(Object* iterator, std::uint64_t most) {
  Batch batch;
  while (batch.items < most && batch.bytes < most_bytes_in_batch && read_piece(iterator, batch)) {
  }
  return batch;
}

void Stream::push(Batch& batch) {
  auto lock = pool_->lock();
  if (!submitted_) pool_->core().require_open(lock);
  for (StreamJob::Piece& piece : batch.pieces) job_->push(std::move(piece));
  if (batch.ended) job_->end_input();
  if (pool_->core().refuses(lock)) {
    pool_->core().cancel(lock, *job_);
    detail::ChunkSpec rest;
    while (job_->next_chunk(rest)) {
      for (std::uint32_t i = 0; i < rest.count; ++i) {
        Failure failure;
        failure.kind = FailureKind::cancelled;
        failure.message = "the pool was ended before the call was";
        job_->on_failure(rest.first_index + i, std::move(failure), {});
      }
    }
    return;
  }
  if (!std::exchange(submitted_, true)) {
    pool_->core().submit(lock, job_);
  } else {
    pool_->core().resubmit(lock, job_);
  }
}

// Outcomes that were taken from the job and not yet by the consumer count too.
std::uint64_t Stream::room_left() const {
  const std::uint64_t room = job_->room();
  return room - std::min<std::uint64_t>(room, taken_.size());
}

bool Stream::fill(Object* iterator, std::uint64_t most) {
  for (std::uint64_t size = first_batch;; size = std::min(size * 2, most_in_batch)) {
    std::uint64_t room = 0;
    {
      auto lock = pool_->lock();
      if (job_->input_ended()) return false;
      room = room_left();
    }
    if (room == 0 || most == 0) return true;
    Batch batch = read(iterator, std::min({size, room, most}));
    if (batch.error) input_error_ = std::move(batch.error);
    push(batch);
    if (batch.ended || pool_->ended()) return false;
    most -= std::min(most, batch.items);
  }
}

bool Stream::feed(Object* items) {
  const Ref iterator = checked(api.PyObject_GetIter(items));
  Batch batch;
  while (read_piece(iterator.get(), batch)) {
  }
  batch.ended = false;
  push(batch);
  const auto may_go_on = [this] { return room_left() != 0 || pool_->ended(); };
  feeder_waits_ = true;
  static_cast<void>(pool_->wait(may_go_on, std::nullopt));
  feeder_waits_ = false;
  return !pool_->ended();
}

void Stream::end_input(Ref error) {
  if (error) input_error_ = std::move(error);
  Batch batch;
  batch.ended = true;
  push(batch);
}

void Stream::take() {
  auto lock = pool_->lock();
  job_->take_ready(taken_);
  if (feeder_waits_ && !taken_.empty()) pool_->core().settled();
}

void Stream::refill(Object* iterator) {
  if (iterator == nullptr || job_->input_ended()) return;
  static_cast<void>(fill(iterator, most_in_batch * 4));
}

/// Waits until a result is taken. @return false if none is left
bool Stream::await_result(Object* iterator, std::optional<double> seconds, Object* timeout_error) {
  for (;;) {
    take();
    refill(iterator);
    if (!taken_.empty()) return true;
    bool refused = false;
    const auto done = [this] { return job_->has_ready() || job_->exhausted(); };
    {
      auto lock = pool_->lock();
      if (job_->exhausted()) return false;
      refused = !job_->has_ready() && job_->complete_so_far() && pool_->core().refuses(lock);
    }
    if (refused) {
      if (std::exchange(refusal_raised_, true)) return false;
      api.PyErr_SetString(*api.PyExc_RuntimeError, for_executor_ ? "cannot schedule new futures after shutdown"
                                                                 : "the pool was ended before this input was read");
      throw Raised{};
    }
    if (!pool_->wait(done, seconds)) {
      api.PyErr_SetNone(timeout_error);
      throw Raised{};
    }
  }
}

Ref Stream::next(Object* iterator, std::optional<double> seconds, Object* timeout_error) {
  if (taken_.empty() && !await_result(iterator, seconds, timeout_error)) {
    const Ref error = std::exchange(input_error_, Ref());
    error ? raise(error.get()) : api.PyErr_SetNone(*api.PyExc_StopIteration);
    throw Raised{};
  }
  const Outcome outcome = std::move(taken_.front());
  taken_.pop_front();
  return result_of(outcome, for_executor_);
}

Ref Stream::collect() {
  take();
  if (input_error_) {
    raise(input_error_.get());
    throw Raised{};
  }
  Ref list = checked(py.PyList_New(static_cast<Size>(taken_.size())));
  Size place = 0;
  for (; !taken_.empty(); taken_.pop_front()) {
    py.PyList_SetItem(list.get(), place++, result_of(taken_.front(), for_executor_).release());
  }
  return list;
}

void Stream::cancel() {
  auto lock = pool_->lock();
  if (!job_->input_ended()) job_->end_input();
  pool_->core().cancel(lock, *job_);
}

}  // namespace prun::pypackage
