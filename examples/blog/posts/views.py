from django.contrib.admin.views.decorators import staff_member_required
from django.utils.decorators import method_decorator
from django.views.generic import CreateView, DetailView, ListView

from . import reads
from .models import Post


class PostList(ListView):
    queryset = Post.objects.select_related("author")
    paginate_by = 10


class PostDetail(DetailView):
    queryset = Post.objects.select_related("author")

    def get_context_data(self, **kwargs):
        return super().get_context_data(reads=reads.count(self.object), **kwargs)


@method_decorator(staff_member_required(login_url="admin:login"), name="dispatch")
class PostWrite(CreateView):
    model = Post
    fields = ["title", *Post.form_fields, "body"]

    def form_valid(self, form):
        form.instance.author = self.request.user
        return super().form_valid(form)
