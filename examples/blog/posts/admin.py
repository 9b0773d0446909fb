from django.contrib import admin

from .models import Post


@admin.register(Post)
class PostAdmin(admin.ModelAdmin):
    list_display = ["title", "author", "published_at"]
    search_fields = ["title", "body"]
    date_hierarchy = "published_at"

    def save_model(self, request, post, form, change):
        if not change:
            post.author = request.user
        super().save_model(request, post, form, change)
