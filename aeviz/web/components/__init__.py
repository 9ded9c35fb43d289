"""In-page components: their browser side lies in assets/, plain ES modules without a build step."""
