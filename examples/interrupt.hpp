// Ctrl-C as a request to stop that a long computation can see.
#pragma once

#include <pthread.h>  // pthread_sigmask, pthread_kill

#include <csignal>
#include <cstdlib>
#include <stop_token>
#include <thread>

#include "common.hpp"

namespace examples {

// While it lives, the first SIGINT or SIGTERM requests a stop and the second ends the program at
// once. To be made before any other thread: threads inherit which signals they leave to others.
class Interrupt {
 public:
  Interrupt() {
    sigemptyset(&signals_);
    sigaddset(&signals_, SIGINT);
    sigaddset(&signals_, SIGTERM);
    pthread_sigmask(SIG_BLOCK, &signals_, &mask_before_);
    waiter_ = std::jthread([this](const std::stop_token& over) {
      int signal = 0;
      sigwait(&signals_, &signal);
      source_.request_stop();
      if (!over.stop_requested()) sigwait(&signals_, &signal);
      if (!over.stop_requested()) std::_Exit(interrupted);
    });
  }

  Interrupt(const Interrupt&) = delete;
  Interrupt& operator=(const Interrupt&) = delete;

  ~Interrupt() {
    waiter_.request_stop();
    pthread_kill(waiter_.native_handle(), SIGINT);  // wakes it
    waiter_.join();
    pthread_sigmask(SIG_SETMASK, &mask_before_, nullptr);
  }

  [[nodiscard]] std::stop_token stop_token() const { return source_.get_token(); }

 private:
  sigset_t signals_{};
  sigset_t mask_before_{};
  std::stop_source source_;
  std::jthread waiter_;
};

}  // namespace examples
