// See once.hpp.
#include "journal/once.hpp"

#include "function/function.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace prun::journal {

Once::Once(OnceOptions options, Database& database) : options_(std::move(options)) {
  // Rows of tasks without an outcome can only be damage.
  const std::string sound = " FROM made WHERE task BETWEEN 0 AND (SELECT max(task) FROM attempts)";
  records_.resize(static_cast<std::size_t>(database.integer(("SELECT coalesce(max(task), -1) + 1" + sound).c_str())));
  Statement row = database.prepare("SELECT task, run, code" + sound);
  while (row.step()) {
    records_.at(static_cast<std::size_t>(row.integer(0))) = {static_cast<std::uint32_t>(row.integer(1)),
                                                             number_of(std::string(row.bytes(2))), 0, 0};
  }
  Statement file = database.prepare("SELECT task, name, size, mtime, hash FROM inputs ORDER BY task, number");
  while (file.step()) {
    const auto task = static_cast<std::size_t>(file.integer(0));
    if (task >= records_.size()) continue;
    if (records_[task].inputs++ == 0) records_[task].first_input = inputs_.size();
    inputs_.push_back({std::string(file.bytes(1)), static_cast<std::uint64_t>(file.integer(2)), file.integer(3),
                       std::string(file.bytes(4))});
  }
}

std::uint32_t Once::number_of(const std::string& code) {
  const auto [known, added] = code_numbers_.try_emplace(code, static_cast<std::uint32_t>(codes_.size()));
  if (added) codes_.push_back(code);
  return known->second;
}

std::uint32_t Once::code_of(const Function& function) {
  const auto known = functions_.find(&function);
  if (known != functions_.end()) return known->second;
  return functions_.emplace(&function, number_of(options_.code_of(function))).first->second;
}

bool Once::is_done(std::uint64_t place, const Task& task, std::optional<std::uint64_t> number, std::uint32_t made_by) {
  const std::uint32_t code = code_of(*task.function);
  names_ = options_.reads ? options_.reads(task, place) : std::vector<std::string>();
  states_.clear();
  for (const std::string& name : names_) states_.push_back(state_of(name));
  std::string reason = missing_input(place);
  if (!reason.empty()) {
    // This is what the user has to know first. Without it the other reasons would return at each run.
  } else if (!number) {
    reason = "it is new";
  } else if (made_by == 0) {
    reason = "it has not succeeded yet";
  } else {
    const bool recorded = *number < records_.size() && records_[*number].run == made_by;
    reason = reason_to_run(code, recorded ? records_[*number] : Record{});
    if (reason.empty()) reason = missing_output(task, place);
  }
  if (options_.why) options_.why(place, task, reason);
  if (reason.empty()) return true;
  note_pending(code, task, place);
  return false;
}

std::string Once::missing_input(std::uint64_t place) {
  const auto missing = std::ranges::find_if(states_, [](const auto& state) { return !state; });
  if (missing == states_.end()) return {};
  const std::string& name = names_[static_cast<std::size_t>(missing - states_.begin())];
  if (options_.missing_input) std::exchange(options_.missing_input, nullptr)(place, name);
  return fmt::format("its input {} does not exist", name);
}

/// All inputs exist.
std::string Once::reason_to_run(std::uint32_t code, const Record& record) const {
  if (codes_[code].empty()) return "prun cannot know whether its function has changed";
  if (record.run == 0) return "its function and its inputs were not recorded";
  if (record.code != code) return "its function has changed";
  if (record.inputs != states_.size()) return "it reads other files than before";
  for (std::size_t i = 0; i < states_.size(); ++i) {
    const std::string& name = names_[i];
    const FileState& now = *states_[i];
    const Input& before = inputs_[record.first_input + i];
    if (before.name != name) return "it reads other files than before";
    if (before.size == now.size && before.modified == now.modified) continue;
    const bool same = before.size == now.size && !before.hash.empty() && hash_of_file(name) == before.hash;
    if (!same) return fmt::format("its input {} has changed", name);
  }
  return {};
}

std::string Once::missing_output(const Task& task, std::uint64_t place) const {
  if (!options_.writes) return {};
  for (const std::string& name : options_.writes(task, place)) {
    if (!file_exists(name)) return fmt::format("its output {} does not exist", name);
  }
  return {};
}

/// What has to be known when the task has succeeded.
void Once::note_pending(std::uint32_t code, const Task& task, std::uint64_t place) {
  const bool looks_for_outputs = options_.writes && options_.missing_output;
  if (!options_.reads && !looks_for_outputs) return;
  Pending pending{code, {}, !codes_[code].empty()};
  for (auto& state : states_) {
    pending.complete = pending.complete && state;
    if (state) pending.inputs.push_back(std::move(*state));
  }
  if (looks_for_outputs) pending.outputs = options_.writes(task, place);
  pending_.insert_or_assign(place, std::move(pending));
}

void Once::look_for_outputs(const std::vector<std::string>& outputs, std::uint64_t place) {
  if (!options_.missing_output) return;
  const auto missing = std::ranges::find_if_not(outputs, file_exists);
  if (missing != outputs.end()) std::exchange(options_.missing_output, nullptr)(place, *missing);
}

std::optional<MadeTask> Once::made(std::uint64_t place, const Function& function, std::uint64_t number) {
  const auto found = pending_.find(place);
  if (found == pending_.end()) {
    if (options_.reads) return std::nullopt;
    const std::string& code = codes_[code_of(function)];
    return code.empty() ? std::nullopt : std::optional(MadeTask{number, code, {}});
  }
  Pending pending = std::move(found->second);
  pending_.erase(found);
  look_for_outputs(pending.outputs, place);
  if (!pending.complete) return std::nullopt;
  for (const FileState& before : pending.inputs) {
    if (state_of(before.name) != before) return std::nullopt;
  }
  return MadeTask{number, codes_[pending.code], std::move(pending.inputs)};
}

}  // namespace prun::journal
