// A plugin: a shared library that speaks the interface of <prun/plugin.h>. This is where what it says of itself is checked,
// and where its initializer is run. It does not know how functions are named on a command line.
#pragma once

#include "function/function.hpp"
#include "native/shared_library.hpp"

#include <prun/plugin.h>

#include <tl/expected.hpp>

#include <atomic>
#include <cstddef>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace prun::native {

/// The bytes and the failure that a plugin hands out.
struct PluginAnswer {
  std::string* result;  ///< appended to
  std::string type{};
  std::string message{};

  /// Valid as long as this stays where it is.
  [[nodiscard]] prun_output output() noexcept;
  /// @throws what a status other than PRUN_OK stands for
  [[noreturn]] void throw_as(int status, std::string_view function) const;
};

class Plugin {
 public:
  using Opened = tl::expected<std::shared_ptr<Plugin>, std::string>;

  /// @return what is wrong, for a person: that it is no plugin, or one of another version
  [[nodiscard]] static Opened open(const std::string& file);

  explicit Plugin(SharedLibrary library, const prun_plugin& table);

  [[nodiscard]] const std::string& file() const noexcept { return library_.file(); }
  [[nodiscard]] const SharedLibrary& library() const noexcept { return library_; }
  [[nodiscard]] const std::vector<const prun_function*>& functions() const noexcept { return functions_; }

  /// The function of that name. @return what is wrong, with names that are near
  [[nodiscard]] tl::expected<const prun_function*, std::string> find(std::string_view name) const;

  /// Makes sure that its initializer has run in this process. @throws what it failed with, each time
  void initialize() {
    if (!initialized_.load(std::memory_order_acquire)) run_initializer();
  }

 private:
  [[nodiscard]] std::string describe_functions(std::string_view unknown) const;
  void run_initializer();

  SharedLibrary library_;
  std::vector<const prun_function*> functions_;
  int (*initializer_)(const prun_output*);
  std::atomic<bool> initialized_;
  std::mutex initializing_;
  int initializer_status_ = PRUN_OK;
  PluginAnswer failure_;
};

}  // namespace prun::native
