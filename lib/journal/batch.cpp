// See batch.hpp.
#include "journal/batch.hpp"

#include <array>
#include <cstring>
#include <type_traits>

namespace prun::journal {
namespace {

/// The members that view memory of the run. Their bytes are copied behind the record.
std::array<std::string_view*, 4> texts_of(NotedTask& task) {
  return {&task.args, &task.kwargs, &task.id, &task.defect};
}
std::array<std::string_view*, 2> texts_of(NotedAttempt& attempt) { return {&attempt.outcome, &attempt.host}; }
std::array<std::string_view*, 0> texts_of(NotedRange&) { return {}; }

constexpr std::size_t largest_kept = std::size_t{8} << 20;

}  // namespace

template <class Noted>
void NotedList<Noted>::add(const Noted& noted) {
  static_assert(std::is_trivially_copyable_v<Noted>);
  bytes_.append(reinterpret_cast<const char*>(&noted), sizeof noted);
  Noted viewed = noted;
  for (const std::string_view* text : texts_of(viewed)) bytes_.append(*text);
}

template <class Noted>
bool NotedList<Noted>::Reader::next(Noted& noted) {
  if (rest_.empty()) return false;
  std::memcpy(&noted, rest_.data(), sizeof noted);
  rest_.remove_prefix(sizeof noted);
  for (std::string_view* text : texts_of(noted)) {
    *text = rest_.substr(0, text->size());
    rest_.remove_prefix(text->size());
  }
  return true;
}

template <class Noted>
void NotedList<Noted>::clear() {
  bytes_.clear();
  if (bytes_.capacity() > largest_kept) std::string().swap(bytes_);
}

template class NotedList<NotedTask>;
template class NotedList<NotedRange>;
template class NotedList<NotedAttempt>;

void Batch::add(const NotedTask& task) {
  if (task.args.size() + task.kwargs.size() + task.id.size() > largest_in_row) return large_tasks_.add(task);
  if (functions_.empty() || functions_.back() != task.function) functions_.push_back(task.function);
  tasks_.add(task);
}

void Batch::add(const NotedAttempt& attempt) {
  const bool small_value = !attempt.failed && attempt.files == 0 && attempt.outcome.size() <= largest_in_row;
  (small_value ? values_ : other_attempts_).add(attempt);
}

std::uint64_t Batch::size() const noexcept {
  return tasks_.bytes() + large_tasks_.bytes() + ranges_.bytes() + values_.bytes() + other_attempts_.bytes() +
         file_bytes_ + made_bytes_;
}

void Batch::clear() {
  tasks_.clear();
  large_tasks_.clear();
  ranges_.clear();
  values_.clear();
  other_attempts_.clear();
  input_count_.reset();
  list_.clear();
  made_.clear();
  made_bytes_ = 0;
  functions_.clear();
  files_.clear();
  file_bytes_ = 0;
}

}  // namespace prun::journal
